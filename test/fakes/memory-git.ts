import { createHash } from "node:crypto";
import { Failure } from "../../shared/model/failure.ts";
import type { Git, RemoteRefs, RepositoryAccess } from "../../shared/ports/git.ts";
import { memorySnapshot, type Tree } from "./memory-snapshot.ts";

interface MemoryRepository {
  head?: string;
  readonly refs: Map<string, string>;
  readonly commits: Map<string, Tree>;
}

/** Git hosts in memory: URL → refs and commits. */
export const memoryGit = () => {
  const repositories = new Map<string, MemoryRepository>();
  const at = (url: string) => {
    const found: MemoryRepository = repositories.get(url) ?? { refs: new Map(), commits: new Map() };
    repositories.set(url, found);
    return found;
  };
  const known = (access: RepositoryAccess) => {
    const found = repositories.get(access.url);
    if (found === undefined) throw new Failure("RepositoryForbidden", access.url, `${access.url} does not exist.`);
    return found;
  };

  const git: Git = {
    async listRefs(access, also = []): Promise<RemoteRefs> {
      const { head, refs } = known(access);
      const prefixes = ["refs/heads/", "refs/tags/", ...also];
      const branch = head === undefined ? undefined : refs.get(head);
      return {
        ...(head === undefined ? {} : { head }),
        refs: new Map([
          ...(branch === undefined ? [] : [["HEAD", branch] as const]),
          ...[...refs].filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix))),
        ]),
      };
    },
    async snapshot(access, { sha }) {
      const tree = known(access).commits.get(sha);
      if (tree === undefined) throw new Failure("RevisionMissing", sha, `${access.url} has no ${sha}.`);
      return memorySnapshot(tree, sha);
    },
  };

  return {
    git,
    /** A commit on a branch, `main` unless told; the first branch is the one that HEAD points to. Answers with its sha. */
    commit(url: string, tree: Tree, branch = "main"): string {
      const repository = at(url);
      const ref = `refs/heads/${branch}`;
      const sha = createHash("sha1")
        .update(JSON.stringify([url, repository.refs.get(ref), tree]))
        .digest("hex");
      repository.head ??= ref;
      repository.refs.set(ref, sha);
      repository.commits.set(sha, tree);
      return sha;
    },
    /** Makes another branch the default one. */
    lead(url: string, branch: string): void {
      at(url).head = branch;
    },
    /** Points any ref, such as a tag, to a commit; undefined removes it. */
    point(url: string, ref: string, sha: string | undefined): void {
      if (sha === undefined) at(url).refs.delete(ref);
      else at(url).refs.set(ref, sha);
    },
  };
};
