import type { Source } from "../model/application.ts";
import type { BundleFile } from "../model/bundle.ts";
import { Failure } from "../model/failure.ts";
import { normaliseRepositoryUrl } from "../model/repository-url.ts";
import type { RemoteRefs, RepositoryAccess, Snapshot } from "../ports/git.ts";
import { readClusterFacts } from "../state/clusters.ts";
import { followedRepository } from "../state/groups.ts";
import { askHost } from "../state/hosts.ts";
import { fetchDependencies } from "./charts/dependencies.ts";
import type { ChartDependency } from "./closure/dependencies.ts";
import { snapshotOfFiles } from "./closure/file-snapshot.ts";
import type { FetchWorld } from "./ports.ts";
import type { DestinationFacts } from "./source/build-environment.ts";

/** One look at the outside: within it each thing is asked for once, however many Applications ask. */
export interface FetchSession {
  /** Branches and tags, and what `selectors` name beside them, such as refs/pull/7/head. */
  refs(url: string, selectors: readonly string[]): Promise<RemoteRefs>;
  snapshot(url: string, revision: { readonly sha: string; readonly ref?: string }): Promise<Snapshot>;
  /** A chart from a chart repository, its files at `<chart name>/…`; the version stands where a commit has its sha. */
  chart(source: Source): Promise<Snapshot>;
  /** Charts that other charts depend on, and theirs, as files at `<chart>/charts/<dependency>/…`. */
  dependencies(missing: readonly ChartDependency[]): Promise<readonly BundleFile[]>;
  /** The same, but refs are asked for again. */
  renewed(): FetchSession;
  /** Repositories that were asked: undefined for those that answered, else why one could not be read now. */
  readonly asked: ReadonlyMap<string, Failure | undefined>;
  /** Undefined before the first scan has reached the cluster. */
  destination(cluster: string): Promise<DestinationFacts | undefined>;
}

type SessionWorld = Pick<FetchWorld, "git" | "charts" | "accessTo" | "table" | "clock" | "journal">;

export const openSession = (
  world: SessionWorld,
  snapshots = new Map<string, Promise<Snapshot>>(),
  asked = new Map<string, Failure | undefined>(),
): FetchSession => {
  const refs = new Map<string, Promise<RemoteRefs>>();
  const facts = new Map<string, Promise<DestinationFacts | undefined>>();
  return {
    refs: (url, selectors) => {
      const also = selectors.filter((selector) => /^refs\/(?!heads\/|tags\/)/.test(selector));
      return once(refs, [normaliseRepositoryUrl(url), ...also].join(" "), () =>
        noting(asked, normaliseRepositoryUrl(url), () => fromHost(url, world, (access) => world.git.listRefs(access, also))),
      );
    },
    snapshot: (url, revision) =>
      once(snapshots, `${revision.sha} ${normaliseRepositoryUrl(url)}`, () =>
        noting(asked, normaliseRepositoryUrl(url), () => fromHost(url, world, (access) => world.git.snapshot(access, revision))),
      ),
    chart: (source) =>
      once(snapshots, `${source.repoURL} ${source.chart} ${source.targetRevision}`, () =>
        noting(asked, followedRepository(source), () => openChart(source, world)),
      ),
    dependencies: (missing) => fetchDependencies(missing, world),
    renewed: () => openSession(world, snapshots, asked),
    asked,
    destination: (cluster) => once(facts, cluster, () => factsOf(cluster, world)),
  };
};

const once = <T>(known: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> => {
  const answer = known.get(key) ?? ask();
  known.set(key, answer);
  return answer;
};

/** What only a person can put right is the Applications' to tell, and says neither that the host is away nor that it is back. */
const noting = async <T>(asked: Map<string, Failure | undefined>, repository: string, ask: () => Promise<T>): Promise<T> => {
  try {
    const answer = await ask();
    asked.set(repository, asked.get(repository));
    return answer;
  } catch (error) {
    if (error instanceof Failure && error.retry) asked.set(repository, error);
    throw error;
  }
};

const fromHost = async <T>(url: string, world: SessionWorld, ask: (access: RepositoryAccess) => Promise<T>): Promise<T> => {
  const access = await world.accessTo(url);
  return askHost(access, url, world, () => ask(access));
};

const openChart = async ({ repoURL, chart = "", targetRevision, helm }: Source, world: SessionWorld): Promise<Snapshot> => {
  const passing = helm?.passCredentials === true && { passCredentials: true };
  const wanted = targetRevision === "HEAD" ? "" : targetRevision;
  const { files, name, version } = await fromHost(repoURL, world, (access) =>
    world.charts.resolve({ ...access, ...passing }, chart, wanted),
  );
  return snapshotOfFiles(files, { sha: version, author: "", message: `${name} ${version}`, committedAt: "" });
};

const factsOf = async (cluster: string, { table }: SessionWorld): Promise<DestinationFacts | undefined> => {
  const facts = await readClusterFacts(table, cluster);
  return facts?.version === undefined ? undefined : { kubeVersion: facts.version, apiVersions: facts.apiVersions };
};
