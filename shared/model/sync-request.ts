import type { RetryPolicy } from "./application.ts";
import { canonicalJson } from "./digest.ts";
import type { ResourceKey } from "./resource-key.ts";

/** A sync that a person, or a tool in a person's name, asks for. What it leaves out is taken from the Application. */
export interface SyncRequest {
  /** Who asks. */
  readonly by: string;
  readonly prune: boolean;
  /** Everything is tried on the server, and nothing is changed. */
  readonly dryRun: boolean;
  /** These objects only, without hooks and without an entry in history; absent: all. Never empty. */
  readonly resources?: Selection;
  /** `Name=value` entries that take the place of the Application's. */
  readonly syncOptions?: readonly string[];
  /** Another revision than the one that the Application follows. */
  readonly revision?: string;
  /** An entry of the Application's history, by its id: its manifests are applied again. */
  readonly rollbackTo?: string;
  readonly strategy?: SyncStrategy;
  /** How it is tried again when it fails, instead of as the Application says. */
  readonly retry?: RetryPolicy;
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

/** A large one stands in items of its own: who acts on it reads it there, or fails. It is never everything. */
export type Selection = readonly SelectedResource[] | StoredSelection;

/** Where a large selection stands: see state/selections.ts. */
export interface StoredSelection {
  readonly stored: string;
  readonly parts: number;
}

/** More than anybody means: an Application that is this large is synced as a whole. */
export const maxSelected = 20_000;

/** Whether a request is about an object. Without a selection it is about all of them. */
export const selectorOf = (resources: readonly SelectedResource[] | undefined): ((key: ResourceKey) => boolean) => {
  if (resources === undefined) return () => true;
  const named = new Set(resources.map(({ group, kind, namespace, name }) => textOfKey([group, kind, name, namespace])));
  return ({ group, kind, namespace, name }) =>
    named.has(textOfKey([group, kind, name, namespace])) || named.has(textOfKey([group, kind, name, undefined]));
};

const textOfKey = (parts: readonly (string | undefined)[]): string => JSON.stringify(parts);

/** Whether two requests ask for the same; each step of an operation reads them anew. */
export const sameRequest = (a: SyncRequest | undefined, b: SyncRequest | undefined): boolean => textOf(a) === textOf(b);

const textOf = (request: SyncRequest | undefined): string =>
  request === undefined ? "" : canonicalJson(JSON.parse(JSON.stringify(request)));

/** Hooks run in full syncs only, and not where the strategy leaves them out. */
export const runsHooks = ({ resources, strategy }: Pick<SyncRequest, "resources" | "strategy">): boolean =>
  resources === undefined && strategy?.kind !== "apply";
