import { canonicalJson } from "./digest.ts";
import type { ResourceKey } from "./resource-key.ts";

/** A sync that a person, or a tool in a person's name, asks for. What it leaves out is taken from the Application. */
export interface SyncRequest {
  /** Who asks. */
  readonly by: string;
  readonly prune: boolean;
  /** Everything is tried on the server, and nothing is changed. */
  readonly dryRun: boolean;
  /** These objects only, without hooks and without an entry in history; absent: all. Never empty, at most `maxSelected`. */
  readonly resources?: readonly SelectedResource[];
  /** `Name=value` entries that take the place of the Application's. */
  readonly syncOptions?: readonly string[];
  /** Another revision than the one that the Application follows. */
  readonly revision?: string;
  /** An entry of the Application's history, by its id: its manifests are applied again. */
  readonly rollbackTo?: string;
  readonly strategy?: SyncStrategy;
}

/** `apply`: hooks are left out. `force`: what cannot be changed is deleted and created again. */
export interface SyncStrategy {
  readonly kind: "apply" | "hook";
  readonly force: boolean;
}

/** Without a namespace, the objects of that name in all of them. */
export interface SelectedResource {
  readonly group: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** Keeps a request far below the 400 KB of a table's item, and 4 KB of the state item out of reach of ordinary ones. */
export const maxSelected = 200;

/** Whether a request is about an object. Without a selection it is about all of them. */
export const isSelected = (resources: readonly SelectedResource[] | undefined, key: ResourceKey): boolean =>
  resources === undefined ||
  resources.some(
    ({ group, kind, namespace, name }) =>
      name === key.name && kind === key.kind && group === key.group && (namespace === undefined || namespace === key.namespace),
  );

/** Whether two requests ask for the same; each step of an operation reads them anew. */
export const sameRequest = (a: SyncRequest | undefined, b: SyncRequest | undefined): boolean => textOf(a) === textOf(b);

const textOf = (request: SyncRequest | undefined): string =>
  request === undefined ? "" : canonicalJson(JSON.parse(JSON.stringify(request)));

/** Hooks run in full syncs only, and not where the strategy leaves them out. */
export const runsHooks = ({ resources, strategy }: Pick<SyncRequest, "resources" | "strategy">): boolean =>
  resources === undefined && strategy?.kind !== "apply";
