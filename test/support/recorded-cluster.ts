import type { Cluster } from "../../shared/ports/cluster.ts";

interface Named {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/**
 * A cluster that remembers what it was asked to write, in order: `apply Deployment web`, `create Job migrate`; dry runs are in `tried`. `before` is
 * called before every call of any sort, `after` when something was written; what they throw, the call throws.
 */
export const recordedCluster = (
  cluster: Cluster,
  before: () => void = () => undefined,
  after: (write: string) => void = () => undefined,
) => {
  const writes: string[] = [];
  const tried: string[] = [];
  const note = (verb: string, kind: string, name: string, dryRun = false) => {
    before();
    (dryRun ? tried : writes).push(`${verb} ${kind} ${name}`);
  };
  const told = async <T>(verb: string, kind: string, name: string, dryRun: boolean, answer: Promise<T>): Promise<T> => {
    const answered = await answer;
    if (!dryRun) after(`${verb} ${kind} ${name}`);
    return answered;
  };
  const noteObject = (verb: string, { kind, metadata }: Named, { dryRun }: { readonly dryRun?: boolean }) =>
    note(verb, kind, metadata.name, dryRun);
  const recorded: Cluster = {
    ...cluster,
    get: async (at) => {
      before();
      return cluster.get(at);
    },
    list: async (query) => {
      before();
      return cluster.list(query);
    },
    apply: async (manifest, options) => {
      noteObject("apply", manifest, options);
      return told("apply", manifest.kind, manifest.metadata.name, options.dryRun ?? false, cluster.apply(manifest, options));
    },
    create: async (manifest, options) => {
      noteObject("create", manifest, options);
      return told("create", manifest.kind, manifest.metadata.name, options.dryRun ?? false, cluster.create(manifest, options));
    },
    replace: async (manifest, options) => {
      noteObject("replace", manifest, options);
      return told("replace", manifest.kind, manifest.metadata.name, options.dryRun ?? false, cluster.replace(manifest, options));
    },
    patch: async (at, patch, options) => {
      note("patch", at.kind, at.name, options.dryRun);
      return told("patch", at.kind, at.name, options.dryRun ?? false, cluster.patch(at, patch, options));
    },
    delete: async (at, options) => {
      note("delete", at.kind, at.name);
      return told("delete", at.kind, at.name, false, cluster.delete(at, options));
    },
  };
  return { cluster: recorded, writes, tried };
};
