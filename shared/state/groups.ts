import * as z from "zod/mini";
import type { Application, Source } from "../model/application.ts";
import { digestOfJson } from "../model/digest.ts";
import { normaliseRepositoryUrl } from "../model/repository-url.ts";
import type { Condition, Item, Table } from "../ports/table.ts";
import { replacing } from "./change.ts";
import { keys, readItem, readItems, throwIt, type Unreadable } from "./items.ts";
import { itemsOf } from "./pages.ts";

/**
 * Applications with equal sources form a group: 500 Applications of one path are checked once per push. A group's `reach` is the content
 * that its last evaluation read; while the ids in it stand, nothing is rendered, synced or written for any of its Applications.
 */
const GroupItem = z.object({
  v: z.literal(1),
  sk: z.string(),
  selector: z.string(),
  /** Path → Git object id, null where nothing stood; undefined until the first evaluation. */
  reach: z.optional(z.record(z.string(), z.nullable(z.string()))),
  sha: z.optional(z.string()),
  ref: z.optional(z.string()),
  unread: z.optional(z.number()),
});

export interface SourceGroup {
  readonly id: string;
  readonly repository: string;
  readonly selector: string;
  readonly reach?: Readonly<Record<string, string | null>> | undefined;
  readonly sha?: string | undefined;
  /** Full name of the ref that the selector meant at the last evaluation; absent where it named a sha. */
  readonly ref?: string | undefined;
  /** Present, and without a reach, when the last evaluation could not read a repository; it changes with every new trouble. The poll looks again. */
  readonly unread?: number | undefined;
}

/** What the last evaluation of a group found and read. */
export interface Evaluated {
  readonly sha: string;
  readonly ref?: string | undefined;
  readonly reach: Readonly<Record<string, string | null>>;
}

const EdgeItem = z.object({ v: z.literal(1), application: z.string() });

/** The groups an Application belongs to, one per source. Chart repositories are followed like repositories, by polling. */
export const groupsOf = (application: Application): readonly SourceGroup[] => {
  const shared = digestOfJson(application.sources.map(plain)).slice(0, 24);
  return application.sources.map((source, index) => ({
    id: `${shared}-${index}`,
    repository: followedRepository(source),
    selector: source.targetRevision,
  }));
};

/** The name under which a source's repository, or chart, stands in the table. */
export const followedRepository = (source: Source): string =>
  source.chart === undefined ? normaliseRepositoryUrl(source.repoURL) : `chart:${normaliseRepositoryUrl(source.repoURL)}/${source.chart}`;

const plain = (source: Source) => JSON.parse(JSON.stringify(source));

/**
 * Edges stand before the Application is written, so that no push between the two is missed. `joins` counts those who came: whoever finds a group
 * or a repository without followers deletes it only if nobody has come since that look.
 */
export const joinGroups = async (table: Table, application: Application): Promise<void> => {
  for (const group of groupsOf(application)) {
    await table.put({ ...keys.edge(group.repository, group.id, application.name), v: 1, application: application.name });
    await table.update(keys.group(group.repository, group.id), { add: { joins: 1 }, set: { v: 1, selector: group.selector } });
    await table.update(keys.repository(group.repository), { add: { joins: 1 }, set: { v: 1, url: urlOf(application, group) } });
  }
};

const urlOf = (application: Application, group: SourceGroup): string =>
  application.sources.find((source) => followedRepository(source) === group.repository)?.repoURL ?? "";

/** Edges go after the Application has, and a group with its last one. */
export const leaveGroups = async (
  table: Table,
  application: string,
  groups: readonly GroupName[],
  kept: readonly GroupName[] = [],
): Promise<void> => {
  const stays = new Set(kept.map((group) => `${group.repository} ${group.id}`));
  for (const group of groups) {
    if (stays.has(`${group.repository} ${group.id}`)) continue;
    await table.delete(keys.edge(group.repository, group.id, application));
    const key = keys.group(group.repository, group.id);
    const seen = await table.get(key);
    const others = await table.query({ pk: `repo#${group.repository}`, prefix: `edge#${group.id}#`, limit: 1 });
    if (seen && others.items.length === 0) await table.delete(key, unjoinedSince(seen));
  }
};

const unjoinedSince = ({ joins }: Item): Condition => ({ joins: typeof joins === "number" ? { equals: joins } : { absent: true } });

/** Those that can be read; the others are told to `unreadable`, each by its id. */
export async function* groupsOfRepository(table: Table, repository: string, unreadable: Unreadable = throwIt): AsyncGenerator<SourceGroup> {
  for await (const item of itemsOf(table, { pk: `repo#${repository}`, prefix: "group#" }))
    for (const [, read] of readItems(GroupItem, [item], ({ sk }, failure) => unreadable(idOf(sk), failure))) {
      const { selector, reach, sha, ref, unread, sk } = read;
      yield { id: idOf(sk), repository, selector, reach, sha, ref, unread };
    }
}

const idOf = (sk: string): string => sk.slice("group#".length);

/** Applications of any group of a repository, each once. */
export const applicationsOfRepository = async (table: Table, repository: string): Promise<readonly string[]> => {
  const edges = await Array.fromAsync(itemsOf(table, { pk: `repo#${repository}`, prefix: "edge#" }));
  return [...new Set(edges.map((item) => readItem(EdgeItem, item).application))];
};

export const applicationsOfGroup = async (table: Table, group: SourceGroup): Promise<readonly string[]> => {
  const edges = await Array.fromAsync(itemsOf(table, { pk: `repo#${group.repository}`, prefix: `edge#${group.id}#` }));
  return edges.map((item) => readItem(EdgeItem, item).application);
};

/** DynamoDB's items end at 400 kB. A reach beyond this is not kept: its group is evaluated with every push. Characters of JSON. */
const largestReach = 300_000;

const unwatched = { set: { v: 1 }, remove: ["reach", "sha", "ref", "unread"] } as const;

const keepable = (reach: Readonly<Record<string, string | null>>): boolean => JSON.stringify(reach).length <= largestReach;

/**
 * Written last, after each Application of the group has its new wish. Until then, and after a crash before it, the mark in the ref's item says that
 * the reach cannot be trusted (`looks.ts`).
 */
export const recordReach = async (table: Table, group: SourceGroup, { sha, ref, reach }: Evaluated): Promise<void> => {
  await table.update(
    keys.group(group.repository, group.id),
    keepable(reach) ? replacing({ v: 1, reach, sha, ref }, ["unread"]) : unwatched,
    {
      selector: { present: true },
      // Whoever could not read it meanwhile may have been the last to tell the Applications.
      unread: group.unread === undefined ? { absent: true } : { equals: group.unread },
    },
  );
};

/**
 * An evaluation could not read a repository, which no push mends: the poll looks again. `isNews` when Applications were told of it; nothing is written
 * for trouble that goes on.
 */
export const noteUnread = async (table: Table, { repository, id }: GroupName, isNews: boolean): Promise<void> => {
  const change = { add: { unread: 1 }, set: { v: 1 }, remove: ["reach", "sha", "ref"] };
  await table.update(keys.group(repository, id), change, { selector: { present: true }, ...(!isNews && { unread: { absent: true } }) });
};

type GroupName = Pick<SourceGroup, "repository" | "id">;

/** The evaluation broke before it had looked at anything: whatever comes next is evaluated, also the content that was there before. */
export const forgetReach = async (table: Table, { repository, id }: GroupName): Promise<void> => {
  await table.update(keys.group(repository, id), unwatched, { selector: { present: true } });
};

/**
 * One Application of a group was evaluated for itself, such as a new one. What it looked at is added, so that pushes to it are noticed; where that
 * is not what the group's last evaluation found, the next push evaluates all of the group.
 */
export const admitReach = async (table: Table, { repository, id }: GroupName, application: string, evaluated: Evaluated): Promise<void> => {
  const key = keys.group(repository, id);
  if (!keepable(evaluated.reach)) return forgetReach(table, { repository, id });
  for (;;) {
    const item = await table.get(key);
    if (!item) return;
    const { reach, sha, selector, unread } = readItem(GroupItem, item);
    // The look that is to come evaluates all of the group.
    if (unread !== undefined) return;
    const unmoved: Condition = {
      selector: { present: true },
      unread: { absent: true },
      sha: sha === undefined ? { absent: true } : { equals: sha },
    };
    if (reach === undefined) {
      const members = await applicationsOfGroup(table, { repository, id, selector });
      if (members.some((name) => name !== application)) return;
      const first = await table.update(key, replacing({ v: 1, ...evaluated }), { ...unmoved, reach: { absent: true } });
      if (first.written || !first.found) return;
      continue;
    }
    const own = Object.entries(evaluated.reach).map(([path, found]) => [path, path in reach && reach[path] !== found ? differs : found]);
    const merged: Record<string, string | null> = { ...reach, ...Object.fromEntries(own) };
    if (Object.keys(merged).every((path) => path in reach && merged[path] === reach[path])) return;
    const change = keepable(merged) ? { set: { v: 1, reach: merged }, remove: ["sha"] } : unwatched;
    const joined = await table.update(key, change, { ...unmoved, reach: { present: true } });
    if (joined.written || !joined.found) return;
  }
};

/** No content has this id. */
const differs = "differs";
