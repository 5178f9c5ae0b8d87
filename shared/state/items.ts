import * as z from "zod/mini";
import { Failure } from "../model/failure.ts";
import type { Item, Key } from "../ports/table.ts";
import { firstVersion, itemNewer, lifted, type Versions } from "./versions.ts";

/**
 * The layout of the one table. Every key is made here and nowhere else.
 *
 * | pk                  | sk                              | what                                                        |
 * |---------------------|---------------------------------|-------------------------------------------------------------|
 * | repo#REPOSITORY     | ref#REF                         | what its webhook promised and what fetch has done about it  |
 * | repo#REPOSITORY     | group#ID                        | sources that Applications share, and the content they reach |
 * | repo#REPOSITORY     | edge#ID#APPLICATION             | an Application of that group                                |
 * | repos               | REPOSITORY                      | repositories to poll                                        |
 * | hosts               | HOST                            | until when a Git host, registry … is not asked              |
 * | app#APPLICATION     | spec, state, inventory          | declared; small and alive; owned objects                    |
 * | app#APPLICATION     | operation                       | how far an operation of several steps has come              |
 * | app#APPLICATION     | selection#ID#PART               | the objects that a sync was asked for, where they are many  |
 * | app#APPLICATION     | event#ID                        | history: one entry per operation, and what else happened    |
 * | app#APPLICATION     | notice#PLACE#OPERATION          | what a place was told of an operation, by which message      |
 * | notices#PLACE       | summary#ID                      | news of one cause at a place: how many, and what stands there |
 * | notices#PLACE#ID    | APPLICATION                     | what a summary says of an Application                       |
 * | app#APPLICATION     | child#APPLICATION               | declared by its source                                      |
 * | apps                | APPLICATION                     | list of all, paged                                          |
 * | cluster#CLUSTER     | facts, app#APPLICATION          | version, APIs, reachability; what is destined there         |
 * | cluster#CLUSTER     | slots                           | who may ask how much of it, and whether it is away          |
 * | cluster#CLUSTER     | watch                           | who watches it, and until which version everything was told |
 * | clusters, projects  | NAME                            | lists                                                       |
 * | settings            | customizations                  | what argocd-cm says about kinds                             |
 * | render#INPUT        | outcome, killed#LIMITS          | what an input renders to; how often it broke these limits    |
 * | settings            | epoch                           | whether the table was ever restored from a backup           |
 * | dead                | MESSAGE                         | why a message went to the dead-letter queue                 |
 */
export const keys = {
  ref: (repository: string, ref: string): Key => ({ pk: `repo#${repository}`, sk: `ref#${ref}` }),
  group: (repository: string, group: string): Key => ({ pk: `repo#${repository}`, sk: `group#${group}` }),
  edge: (repository: string, group: string, application: string): Key => ({ pk: `repo#${repository}`, sk: `edge#${group}#${application}` }),
  repository: (repository: string): Key => ({ pk: "repos", sk: repository }),
  host: (host: string, login?: string): Key => ({ pk: "hosts", sk: login === undefined ? host : `${host} ${login}` }),
  spec: (application: string): Key => ({ pk: `app#${application}`, sk: "spec" }),
  state: (application: string): Key => ({ pk: `app#${application}`, sk: "state" }),
  inventory: (application: string): Key => ({ pk: `app#${application}`, sk: "inventory" }),
  operation: (application: string): Key => ({ pk: `app#${application}`, sk: "operation" }),
  selection: (application: string, selection: string, part: number): Key => ({
    pk: `app#${application}`,
    sk: `selection#${selection}#${part}`,
  }),
  event: (application: string, event: string): Key => ({ pk: `app#${application}`, sk: `event#${event}` }),
  notice: (application: string, place: string, operation: string): Key => ({
    pk: `app#${application}`,
    sk: `notice#${place}#${operation}`,
  }),
  summary: (place: string, summary: string): Key => ({ pk: `notices#${place}`, sk: `summary#${summary}` }),
  summed: (place: string, summary: string, application: string): Key => ({ pk: `notices#${place}#${summary}`, sk: application }),
  child: (parent: string, application: string): Key => ({ pk: `app#${parent}`, sk: `child#${application}` }),
  listed: (application: string): Key => ({ pk: "apps", sk: application }),
  clusterFacts: (cluster: string): Key => ({ pk: `cluster#${cluster}`, sk: "facts" }),
  slots: (cluster: string): Key => ({ pk: `cluster#${cluster}`, sk: "slots" }),
  clusterWatch: (cluster: string): Key => ({ pk: `cluster#${cluster}`, sk: "watch" }),
  destined: (cluster: string, application: string): Key => ({ pk: `cluster#${cluster}`, sk: `app#${application}` }),
  cluster: (cluster: string): Key => ({ pk: "clusters", sk: cluster }),
  project: (project: string): Key => ({ pk: "projects", sk: project }),
  epoch: { pk: "settings", sk: "epoch" },
  customizations: { pk: "settings", sk: "customizations" },
  killed: (input: string, limits: string): Key => ({ pk: `render#${input}`, sk: `killed#${limits}` }),
  render: (input: string): Key => ({ pk: `render#${input}`, sk: "outcome" }),
  lastFailure: (message: string): Key => ({ pk: "dead", sk: message }),
} as const;

/** Whether this is where an Application's state item stands. */
export const isState = ({ sk }: Key): boolean => sk === "state";

/** Whether this is what only the holder of a lease writes: its fence stays when all else of an Application goes. */
export const isFenced = ({ sk }: Key): boolean => sk === "inventory" || sk === "operation";

/** Kinds of items, such as `app/state`, that changed since their first version. One row each. */
export const itemVersions: Readonly<Record<string, Versions>> = {};

/** `app/state`, `repo/ref`, `apps`: which kind of item a key is of. */
const kindOf = ({ pk, sk }: Key): string => (pk.includes("#") || pk === "settings" ? `${headOf(pk)}/${headOf(sk)}` : pk);

const headOf = (text: string): string => text.split("#", 1)[0] ?? "";

export const versionsOf = (key: Key, kinds = itemVersions): Versions => kinds[kindOf(key)] ?? firstVersion;

/**
 * Reads an item by its schema. An older one is lifted to what this code knows, and written back only with the next write of it. One that newer
 * code wrote is refused, not guessed at (ItemNewer): the message comes back when newer code runs.
 */
export const readItem = <S extends z.ZodMiniType>(schema: S, item: Item, kinds = itemVersions): z.infer<S> => {
  const versions = versionsOf(item, kinds);
  if (item.v > versions.now) throw itemNewer(item, versions.now);
  const parsed = z.safeParse(schema, lifted(item, item.v, versions));
  if (parsed.success) return parsed.data;
  throw unreadable(item, parsed.error);
};

/** Reads many: those that cannot be read are told, and harm no other. */
export const readItems = <S extends z.ZodMiniType>(
  schema: S,
  items: readonly Item[],
  tell: (item: Item, failure: Failure) => void,
): readonly (readonly [item: Item, content: z.infer<S>])[] =>
  items.flatMap((item) => {
    try {
      return [[item, readItem(schema, item)] as const];
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      tell(item, error);
      return [];
    }
  });

/** Told of an Application, or a repository, of which an item cannot be read, and why. */
export type Unreadable = (name: string, failure: Failure) => void;

export const throwIt: Unreadable = (_, failure) => {
  throw failure;
};

/** An item that this code cannot read. It is safe where it stands, and harms whoever it belongs to only. */
export const isUnreadable = (error: unknown): error is Failure =>
  error instanceof Failure && (error.code === "ItemUnreadable" || error.code === "ItemNewer");

const unreadable = ({ pk, sk, v }: Item, cause: unknown): Failure =>
  new Failure("ItemUnreadable", `${pk}/${sk}`, `item ${pk}/${sk} (v${v}) is not one this version can read`, { cause });

/** Items that are due are spread over this many partitions of the index. */
export const dueShards = 16;

export const dueShardOf = (name: string): number => {
  let sum = 0;
  for (let at = 0; at < name.length; at++) sum = (sum * 31 + name.charCodeAt(at)) % 65_521;
  return sum % dueShards;
};
