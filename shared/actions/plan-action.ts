/**
 * Actions on live objects: restart, scale, promote and the like, ours and users' own in Lua. Pure: a live object in, requests to the cluster out. What
 * an action does is on purpose not in Git, as in Argo CD; where it moves a field that Git gives, self-heal puts that back.
 */
import { scriptView } from "../lua/script-view.ts";
import { type Customizations, customizationOf } from "../model/customizations.ts";
import { assertNever, Failure } from "../model/failure.ts";
import type { JsonObject } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import { describeKey, groupOf, keyOf } from "../model/resource-key.ts";
import type { ActionEffect, ActionOperation, ActionParameters, OfferedAction } from "./action.ts";
import { builtInActions } from "./built-in.ts";
import { discover, runScript } from "./custom.ts";
import { patchBetween } from "./json-patch.ts";

/**
 * Which actions there are for an object: users' own, and ours where those do not replace them.
 * @param now Milliseconds since 1970. Throws ScriptFailed, LimitExceeded.
 */
export const listActions = (live: Manifest, { actions }: Customizations, now: number): readonly OfferedAction[] => {
  const group = groupOf(live.apiVersion);
  const scripts = customizationOf(actions, group, live.kind);
  const own = scripts ? discover(scripts, live, now) : [];
  if (scripts && !scripts.mergeBuiltin) return own;
  const ours = builtInActions(group, live.kind)
    .filter(({ name }) => !own.some((each) => each.name === name))
    .map(({ name, parameters = [], unavailable }) => {
      const disabled = unavailable?.(live);
      return { name, parameters, ...(disabled !== undefined && { disabled }) };
    });
  return [...own, ...ours];
};

/**
 * What an action asks of the cluster: patches first, bound to the live object as it is given, then what it creates.
 * Throws ActionRefused where there is no such action, it cannot be run now, or it would touch what it may not; ScriptFailed, LimitExceeded.
 */
export const planAction = (
  live: Manifest,
  name: string,
  parameters: ActionParameters,
  customizations: Customizations,
  now: number,
): readonly ActionOperation[] => {
  const offered = listActions(live, customizations, now);
  const action = offered.find((each) => each.name === name);
  if (!action) throw refused(live, `has no action ${name}; ${listed(offered)}`);
  if (action.disabled !== undefined) throw refused(live, `cannot be asked to ${name}: ${action.disabled}`);
  const effects = effectsOf(live, name, parameters, customizations, now);
  const operations = effects.flatMap((effect) => operationsOf(live, effect));
  return [...operations.filter(({ kind }) => kind === "patch"), ...operations.filter(({ kind }) => kind === "create")];
};

const effectsOf = (
  live: Manifest,
  name: string,
  parameters: ActionParameters,
  { actions }: Customizations,
  now: number,
): readonly ActionEffect[] => {
  const group = groupOf(live.apiVersion);
  const scripts = customizationOf(actions, group, live.kind);
  const own = scripts && runScript(scripts, name, live, parameters, now);
  if (own) return own;
  const ours = builtInActions(group, live.kind).find((each) => each.name === name);
  if (!ours) throw refused(live, `has no action ${name} that could be run; its definition is missing in argocd-cm`);
  return [ours.run(live, parameters, now)];
};

const operationsOf = (live: Manifest, effect: ActionEffect): readonly ActionOperation[] => {
  switch (effect.kind) {
    case "change":
      return patchesOf(live, effect.object);
    case "create":
      return [{ kind: "create", manifest: creatable(live, effect.object) }];
    default:
      return assertNever(effect);
  }
};

/** Its identity and what the server keeps are not an action's to change. */
const kept = ["/apiVersion", "/kind", "/metadata/name", "/metadata/namespace", "/metadata/uid", "/metadata/ownerReferences"];

const patchesOf = (live: Manifest, object: JsonObject): readonly ActionOperation[] => {
  const patch = patchBetween(scriptView(live), scriptView({ ...live, ...object }));
  const removed = Object.keys(live).filter((field) => object[field] === undefined);
  const wrong = patch.find(({ path }) => kept.some((field) => path === field || path.startsWith(`${field}/`)));
  if (wrong) throw refused(live, `cannot be changed at ${wrong.path} by an action`);
  if (removed.length > 0) throw refused(live, `would lose ${removed.join(", ")}: the action answers another object than it was given`);
  const isStatus = ({ path }: { readonly path: string }): boolean => path === "/status" || path.startsWith("/status/");
  const parts = [
    { kind: "patch" as const, part: "status" as const, patch: patch.filter(isStatus) },
    { kind: "patch" as const, part: "object" as const, patch: patch.filter((each) => !isStatus(each)) },
  ];
  return parts.filter((each) => each.patch.length > 0);
};

/** Rights end at the object's own namespace: a Job beside its CronJob, and nothing elsewhere. */
const creatable = (live: Manifest, object: Manifest): Manifest => {
  const { namespace = live.metadata.namespace } = object.metadata;
  if (namespace !== live.metadata.namespace)
    throw refused(live, `may create nothing in namespace ${namespace ?? "none"}: an action stays in its object's own`);
  const { uid, resourceVersion, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, ...(namespace !== undefined && { namespace }) } };
};

const listed = (offered: readonly OfferedAction[]): string =>
  offered.length === 0 ? "there is none for its kind" : `there are ${offered.map(({ name }) => name).join(", ")}`;

const refused = (live: Manifest, why: string): Failure => {
  const what = describeKey(keyOf(live));
  return new Failure("ActionRefused", what, `${what} ${why}`);
};
