import type { Git, RemoteRefs, Snapshot } from "../../shared/ports/git.ts";
import { memoryGit } from "../fakes/memory-git.ts";
import type { Tree } from "../fakes/memory-snapshot.ts";
import { type Content, declarationOf, projectFilesOf, treeOf } from "./content.ts";
import { type ApplicationPlan, type Change, controlRepository, type Plan } from "./plan.ts";

export interface Commit {
  readonly sha: string;
  /** Of each Application in the repository. */
  readonly contents: ReadonlyMap<string, Content>;
}

/** A push that moved a branch. */
export interface Pushed {
  readonly repository: string;
  readonly before: string | undefined;
  readonly after: string;
}

export interface Repositories {
  readonly git: Git;
  push(repository: string, changes: readonly Change[]): Pushed;
  forceBack(repository: string, by: number): Pushed | undefined;
  empty(application: string): Pushed;
  fill(application: string): Pushed;
  withdraw(application: string): Pushed | undefined;
  /** By the other name that its branch has: the same content, and another declaration. */
  redeclare(application: string): Pushed | undefined;
  /** As it is declared now. */
  revisionOf(application: string): string;
  /** What Git has for an Application now. */
  head(application: string): Content;
  /** Every content that it ever had. */
  history(application: string): readonly Content[];
  headOf(repository: string): string | undefined;
  /** Refs as they were at a moment. */
  shownAt(repository: string, time: number, refs: RemoteRefs): RemoteRefs;
  isWithdrawn(application: string): boolean;
}

export const openRepositories = (plan: Plan, now: () => number): Repositories => {
  const memory = memoryGit();
  const urls = [...new Set(plan.applications.map(({ repository }) => repository))];
  const commits = new Map<string, Commit[]>();
  const heads = new Map<string, Commit>();
  const moves = new Map<string, { readonly at: number; readonly sha: string }[]>();
  const histories = new Map<string, Content[]>();
  const snapshots = new Map<string, Promise<Snapshot>>();
  const before = new Map<string, Content>();
  const withdrawn = new Set<string>();
  const redeclared = new Set<string>();
  let rev = 0;

  const appOf = (name: string): ApplicationPlan => {
    const found = plan.applications.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no Application ${name}`);
    return found;
  };
  const membersOf = (repository: string) => plan.applications.filter((each) => each.repository === repository);
  const moved = (repository: string, commit: Commit): Pushed => {
    const last = heads.get(repository)?.sha;
    heads.set(repository, commit);
    moves.set(repository, [...(moves.get(repository) ?? []), { at: now(), sha: commit.sha }]);
    for (const [name, content] of commit.contents) {
      const known = histories.get(name) ?? [];
      if (known.at(-1) !== content) histories.set(name, [...known, content]);
    }
    return { repository, before: last, after: commit.sha };
  };
  const commit = (repository: string, tree: Tree, contents: ReadonlyMap<string, Content>): Pushed => {
    const made = { sha: memory.commit(repository, tree), contents };
    commits.set(repository, [...(commits.get(repository) ?? []), made]);
    return moved(repository, made);
  };
  const commitContents = (repository: string, contents: ReadonlyMap<string, Content>): Pushed =>
    commit(repository, treeOf(membersOf(repository), contents), contents);
  const contentsOf = (repository: string) => new Map(heads.get(repository)?.contents ?? []);
  const revisionOf = (name: string): string => (redeclared.has(name) ? "refs/heads/main" : "main");
  const commitControl = (): Pushed => {
    const standing = plan.applications.filter(({ name }) => !withdrawn.has(name));
    const files = standing.map(
      (application) =>
        [`${application.name}.json`, JSON.stringify(declarationOf({ ...application, revision: revisionOf(application.name) }))] as const,
    );
    const tree = { "README.md": "What this fleet is made of.\n", ...projectFilesOf(plan.applications), ...Object.fromEntries(files) };
    return commit(controlRepository, tree, new Map());
  };

  for (const repository of urls) {
    rev++;
    const contents = membersOf(repository).map(({ name, objects }) => [name, objects.map((object) => ({ ...object, rev }))] as const);
    commitContents(repository, new Map(contents));
  }
  if (plan.control) commitControl();

  return {
    git: {
      listRefs: (access, also) => memory.git.listRefs(access, also),
      snapshot: (access, revision) => {
        const known = snapshots.get(revision.sha) ?? memory.git.snapshot(access, revision);
        snapshots.set(revision.sha, known);
        return known;
      },
    },
    push: (repository, changes) => {
      rev++;
      const contents = contentsOf(repository);
      for (const change of changes) {
        if (contents.has(change.application))
          contents.set(change.application, changed(contents.get(change.application) ?? [], change, rev));
      }
      return commitContents(repository, contents);
    },
    forceBack: (repository, by) => {
      const all = commits.get(repository) ?? [];
      const at = all.findIndex(({ sha }) => sha === heads.get(repository)?.sha);
      const older = all[at - by];
      if (older === undefined || [...older.contents.values()].some((content) => content.length === 0)) return undefined;
      memory.point(repository, "refs/heads/main", older.sha);
      return moved(repository, older);
    },
    empty: (application) => {
      const { repository } = appOf(application);
      const contents = contentsOf(repository);
      const content = contents.get(application) ?? [];
      if (content.length > 0) before.set(application, content);
      return commitContents(repository, contents.set(application, []));
    },
    fill: (application) => {
      rev++;
      const { repository } = appOf(application);
      const contents = contentsOf(repository);
      const content = contents.get(application) ?? [];
      if (content.length > 0) return commitContents(repository, contents);
      return commitContents(
        repository,
        contents.set(
          application,
          (before.get(application) ?? []).map((object) => ({ ...object, rev })),
        ),
      );
    },
    withdraw: (application) => {
      withdrawn.add(application);
      return plan.control ? commitControl() : undefined;
    },
    redeclare: (application) => {
      if (!plan.control || withdrawn.has(application)) return undefined;
      if (!redeclared.delete(application)) redeclared.add(application);
      return commitControl();
    },
    revisionOf,
    head: (application) => heads.get(appOf(application).repository)?.contents.get(application) ?? [],
    history: (application) => histories.get(application) ?? [],
    headOf: (repository) => heads.get(repository)?.sha,
    shownAt: (repository, time, refs) => {
      const sha = moves.get(repository)?.findLast(({ at }) => at <= time)?.sha;
      if (sha === undefined) return refs;
      return { ...refs, refs: new Map([...refs.refs].map(([name]) => [name, sha])) };
    },
    isWithdrawn: (application) => withdrawn.has(application),
  };
};

/** At least one object always stays: an empty folder is a step of its own. */
const changed = (content: Content, { how, index }: Change, rev: number): Content => {
  const at = content.length === 0 ? 0 : index % content.length;
  switch (how) {
    case "bump":
      return content.map((object, place) => (place === at ? { ...object, rev } : object));
    case "add":
      return [...content, { name: `more-${rev}`, kind: "ConfigMap", wave: 0, rev }];
    case "drop": {
      // Instances go with their CRD: nobody leaves them in Git alone.
      const isCrd = content[at]?.kind === "Crd";
      const rest = content.filter((object, place) => (place !== at || object.name === "shared") && !(isCrd && object.kind === "Thing"));
      return rest.some(({ kind }) => kind !== "Hook") ? rest : content;
    }
  }
};
