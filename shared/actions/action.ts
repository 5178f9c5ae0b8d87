import type { JsonObject } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { JsonPatchOperation } from "../ports/cluster.ts";

/** What a person asks for beside the action's name, as text: `replicas=3`. */
export type ActionParameters = Readonly<Record<string, string>>;

/** An action as people see it in a list. */
export interface OfferedAction {
  readonly name: string;
  /** Names of what has to be given. */
  readonly parameters: readonly string[];
  /** Why it cannot be run now; undefined when it can. */
  readonly disabled?: string;
}

/** What an action makes of a live object: the object as it should be, or new ones. */
export type ActionEffect =
  | { readonly kind: "change"; readonly object: JsonObject }
  | { readonly kind: "create"; readonly object: Manifest };

/** One request to the cluster. Patches are bound to the version of the live object that was planned with. */
export type ActionOperation =
  /** What the main resource of a kind with a status of its own does not take goes to its status. */
  | { readonly kind: "patch"; readonly part: "object" | "status"; readonly patch: readonly JsonPatchOperation[] }
  | { readonly kind: "create"; readonly manifest: Manifest };

/** One action of ours for one kind. */
export interface BuiltInAction {
  readonly name: string;
  readonly parameters?: readonly string[];
  /** Why it cannot be run on this object now: one clause, such as "it is not paused". */
  readonly unavailable?: (live: Manifest) => string | undefined;
  /** @param now Milliseconds since 1970. Throws ActionRefused where a parameter is wrong. */
  readonly run: (live: Manifest, parameters: ActionParameters, now: number) => ActionEffect;
}

/** As Argo CD and kubectl write it: `2026-01-31T12:30:05Z`. */
export const timestamp = (now: number): string => `${new Date(now).toISOString().slice(0, 19)}Z`;
