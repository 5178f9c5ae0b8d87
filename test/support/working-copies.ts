import type { GitHost } from "../../infra/local/git-host/start.ts";
import { type Files, makeRepository, type TestRepository, withPassword } from "./git-repository.ts";

export interface WorkingCopies {
  /** Commits the changes to a repository's `main` and pushes it, over HTTP with the password; makes the repository when it is new. Answers the sha. */
  push(repository: string, changes: Files, message?: string): Promise<string>;
  /** Force-pushes `main` back to an earlier commit. */
  rewind(repository: string, sha: string): Promise<void>;
  remove(): Promise<void>;
}

/** One working copy for each repository of a Git host, as the people who push have them. */
export const workingCopies = (host: GitHost, login: { readonly username: string; readonly password: string }): WorkingCopies => {
  const copies = new Map<string, Promise<TestRepository>>();
  const open = async (name: string): Promise<TestRepository> => {
    await host.createRepository(name);
    return makeRepository();
  };
  return {
    push: async (repository, changes, message) => {
      const opened = copies.get(repository) ?? open(repository);
      copies.set(repository, opened);
      const copy = await opened;
      const sha = await copy.commit(changes, message);
      await copy.push(withPassword(host.httpUrl(repository), login));
      return sha;
    },
    rewind: async (repository, sha) => {
      const copy = await copies.get(repository);
      if (!copy) throw new Error(`nothing was pushed to ${repository} yet`);
      await copy.git("reset", "--quiet", "--hard", sha);
      await copy.push(withPassword(host.httpUrl(repository), login), "+main");
    },
    remove: async () => {
      for (const copy of copies.values()) await (await copy).remove();
    },
  };
};
