import { normaliseRepositoryUrl } from "../model/repository-url.ts";
import type { RemoteRefs, Snapshot } from "../ports/git.ts";
import type { FetchWorld } from "./ports.ts";

/** One look at the outside: within it a repository's refs are asked for once and a commit is opened once, however many Applications ask. */
export interface FetchSession {
  refs(url: string): Promise<RemoteRefs>;
  snapshot(url: string, revision: { readonly sha: string; readonly ref?: string }): Promise<Snapshot>;
}

export const openSession = (world: Pick<FetchWorld, "git" | "accessTo">): FetchSession => {
  const refs = new Map<string, Promise<RemoteRefs>>();
  const snapshots = new Map<string, Promise<Snapshot>>();
  return {
    refs: (url) => once(refs, normaliseRepositoryUrl(url), async () => world.git.listRefs(await world.accessTo(url))),
    snapshot: (url, revision) =>
      once(snapshots, `${revision.sha} ${normaliseRepositoryUrl(url)}`, async () =>
        world.git.snapshot(await world.accessTo(url), revision),
      ),
  };
};

const once = <T>(known: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> => {
  const answer = known.get(key) ?? ask();
  known.set(key, answer);
  return answer;
};
