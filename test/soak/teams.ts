import type { Random } from "../simulation/random.ts";
import type { Files } from "../support/git-repository.ts";
import type { TestStack } from "../support/running-stack.ts";
import { beginning, changed, filesBetween, type SoakApplication, type Wished } from "./wished.ts";

/** People who push, and what they want at last. */
export interface Teams {
  /** Of every Application, by name. */
  wished(): ReadonlyMap<string, Wished>;
  begin(): Promise<void>;
  /** One push to one repository: a change of some of its Applications, or back to an earlier commit by force. */
  push(): Promise<string>;
}

type Wishes = ReadonlyMap<string, Wished>;
interface Repository {
  readonly name: string;
  readonly applications: readonly SoakApplication[];
  /** Commits that `main` could go back to, newest last. */
  readonly commits: { readonly sha: string; readonly wishes: Wishes }[];
}

export const teamsOf = (applications: readonly SoakApplication[], stack: TestStack, random: Random): Teams => {
  const names = [...new Set(applications.map(({ repository }) => repository))];
  const repositories: readonly Repository[] = names.map((name) => ({
    name,
    applications: applications.filter(({ repository }) => repository === name),
    commits: [],
  }));
  const newest = ({ commits }: Repository): Wishes => commits.at(-1)?.wishes ?? new Map();
  let value = 0;

  const commit = async (repository: Repository, wishes: Wishes): Promise<void> => {
    const before = newest(repository);
    const files: Files = Object.assign(
      {},
      ...repository.applications.map(({ name, path }) => {
        const wish = wishes.get(name);
        return wish && wish !== before.get(name) ? filesBetween(path, before.get(name), wish) : {};
      }),
    );
    repository.commits.push({ sha: await stack.push(repository.name, files), wishes });
  };

  return {
    wished: () => new Map(repositories.flatMap((repository) => [...newest(repository)])),
    begin: async () => {
      for (const repository of repositories)
        await commit(repository, new Map(repository.applications.map(({ name }, at) => [name, beginning(at)])));
    },
    push: async () => {
      const repository = random.pick(repositories);
      if (repository.commits.length > 2 && random.chance(0.1)) {
        repository.commits.splice(-1 - random.below(2));
        await stack.rewind(repository.name, repository.commits.at(-1)?.sha ?? "");
        return `force-push ${repository.name} back`;
      }
      const wishes = new Map(newest(repository));
      const count = 1 + random.below(3);
      for (let at = 0; at < count; at++) {
        const { name } = random.pick(repository.applications);
        value += 1;
        wishes.set(name, changed(wishes.get(name) ?? beginning(0), `${value}`, random));
      }
      await commit(repository, wishes);
      return `push ${repository.name}`;
    },
  };
};
