import * as z from "zod/mini";
import type { Application, Source } from "../model/application.ts";
import { digestOfJson } from "../model/digest.ts";
import { normaliseRepositoryUrl } from "../model/repository-url.ts";
import type { Condition, Table } from "../ports/table.ts";
import { keys, readItem } from "./items.ts";
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
});

export interface SourceGroup {
  readonly id: string;
  readonly repository: string;
  readonly selector: string;
  readonly reach?: Readonly<Record<string, string | null>> | undefined;
  readonly sha?: string | undefined;
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

const followedRepository = (source: Source): string =>
  source.chart === undefined ? normaliseRepositoryUrl(source.repoURL) : `chart:${normaliseRepositoryUrl(source.repoURL)}/${source.chart}`;

const plain = (source: Source) => JSON.parse(JSON.stringify(source));

/** Edges stand before the Application is written, so that no push between the two is missed. */
export const joinGroups = async (table: Table, application: Application): Promise<void> => {
  for (const group of groupsOf(application)) {
    await table.put({ ...keys.repository(group.repository), v: 1, url: urlOf(application, group) });
    await table.update(keys.group(group.repository, group.id), { set: { v: 1, selector: group.selector } });
    await table.put({ ...keys.edge(group.repository, group.id, application.name), v: 1, application: application.name });
  }
};

const urlOf = (application: Application, group: SourceGroup): string =>
  application.sources.find((source) => followedRepository(source) === group.repository)?.repoURL ?? "";

/** Edges go after the Application has. A group without Applications stays until the sweeper finds it empty. */
export const leaveGroups = async (table: Table, application: Application, kept: readonly SourceGroup[] = []): Promise<void> => {
  const stays = new Set(kept.map((group) => `${group.repository} ${group.id}`));
  for (const group of groupsOf(application)) {
    if (stays.has(`${group.repository} ${group.id}`)) continue;
    await table.delete(keys.edge(group.repository, group.id, application.name));
    const others = await table.query({ pk: `repo#${group.repository}`, prefix: `edge#${group.id}#`, limit: 1 });
    if (others.items.length === 0) await table.delete(keys.group(group.repository, group.id));
  }
};

export async function* groupsOfRepository(table: Table, repository: string): AsyncGenerator<SourceGroup> {
  for await (const item of itemsOf(table, { pk: `repo#${repository}`, prefix: "group#" })) {
    const { selector, reach, sha, sk } = readItem(GroupItem, item);
    yield { id: sk.slice("group#".length), repository, selector, reach, sha };
  }
}

export const applicationsOfGroup = async (table: Table, group: SourceGroup): Promise<readonly string[]> => {
  const edges = await Array.fromAsync(itemsOf(table, { pk: `repo#${group.repository}`, prefix: `edge#${group.id}#` }));
  return edges.map((item) => readItem(EdgeItem, item).application);
};

/** DynamoDB's items end at 400 kB. A reach beyond this is not kept: its group is evaluated with every push. Characters of JSON. */
const largestReach = 300_000;

const unwatched = { set: { v: 1 }, remove: ["reach", "sha"] } as const;

const keepable = (reach: Readonly<Record<string, string | null>>): boolean => JSON.stringify(reach).length <= largestReach;

/** Written last, after each Application of the group has its new wish: a crash before it repeats the evaluation, which changes nothing. */
export const recordReach = async (
  table: Table,
  group: SourceGroup,
  evaluated: { readonly sha: string; readonly reach: Readonly<Record<string, string | null>> },
): Promise<void> => {
  await table.update(
    keys.group(group.repository, group.id),
    keepable(evaluated.reach) ? { set: { v: 1, reach: evaluated.reach, sha: evaluated.sha } } : unwatched,
    { selector: { present: true } },
  );
};

/** The evaluation broke before it had looked at anything: whatever comes next is evaluated, also the content that was there before. */
export const forgetReach = async (table: Table, { repository, id }: Pick<SourceGroup, "repository" | "id">): Promise<void> => {
  await table.update(keys.group(repository, id), unwatched, { selector: { present: true } });
};

/**
 * One Application of a group was evaluated for itself, such as a new one. What it looked at is added, so that pushes to it are noticed; where that
 * is not what the group's last evaluation found, the next push evaluates all of the group.
 */
export const admitReach = async (
  table: Table,
  { repository, id }: Pick<SourceGroup, "repository" | "id">,
  application: string,
  evaluated: { readonly sha: string; readonly reach: Readonly<Record<string, string | null>> },
): Promise<void> => {
  const key = keys.group(repository, id);
  if (!keepable(evaluated.reach)) return forgetReach(table, { repository, id });
  for (;;) {
    const item = await table.get(key);
    if (!item) return;
    const { reach, sha, selector } = readItem(GroupItem, item);
    const unmoved: Condition = { selector: { present: true }, sha: sha === undefined ? { absent: true } : { equals: sha } };
    if (reach === undefined) {
      const members = await applicationsOfGroup(table, { repository, id, selector });
      if (members.some((name) => name !== application)) return;
      const first = await table.update(key, { set: { v: 1, ...evaluated } }, { ...unmoved, reach: { absent: true } });
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

const RepositoryItem = z.object({ v: z.literal(1), sk: z.string(), url: z._default(z.string(), ""), polledAt: z.optional(z.number()) });

/** A URL of the repository as some Application declares it; undefined when nobody follows it. */
export const repositoryUrl = async (table: Table, repository: string): Promise<string | undefined> => {
  const item = await table.get(keys.repository(repository));
  return item === undefined ? undefined : String(item.url);
};

export interface FollowedRepository {
  readonly repository: string;
  readonly url: string;
  /** ms since 1970, where it was claimed. */
  readonly polledAt?: number;
}

/** For whoever gets it: nobody else polls this repository now, however often the schedule fires. */
export const claimPoll = async (table: Table, { repository, polledAt }: FollowedRepository, at: number): Promise<boolean> => {
  const unclaimed = polledAt === undefined ? { absent: true as const } : { equals: polledAt };
  const answer = await table.update(keys.repository(repository), { set: { polledAt: at } }, { v: { present: true }, polledAt: unclaimed });
  return answer.written;
};

/** Repositories that some Application follows, for the poller. */
export async function* followedRepositories(table: Table): AsyncGenerator<FollowedRepository> {
  for await (const item of itemsOf(table, { pk: "repos" })) {
    const { sk, url, polledAt } = readItem(RepositoryItem, item);
    yield { repository: sk, url, ...(polledAt !== undefined && { polledAt }) };
  }
}
