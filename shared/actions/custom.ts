import { runLua } from "../lua/run-lua.ts";
import { scriptView } from "../lua/script-view.ts";
import { withEmptyMaps } from "../lua/values.ts";
import type { ActionScripts } from "../model/customizations.ts";
import { Failure } from "../model/failure.ts";
import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { ActionEffect, ActionParameters, OfferedAction } from "./action.ts";

/** Which of users' own actions there are for an object now. Throws ScriptFailed, LimitExceeded. */
export const discover = (scripts: ActionScripts, live: Manifest, now: number): readonly OfferedAction[] => {
  if (scripts.discovery.trim() === "") return scripts.definitions.map(({ name }) => ({ name, parameters: [] }));
  const answer = runLua({ source: scripts.source, lua: scripts.discovery }, { obj: scriptView(live), now: () => now });
  // An empty table is an empty list.
  if (Array.isArray(answer) && answer.length === 0) return [];
  if (!isJsonObject(answer)) throw failed(scripts, "discovery.lua returns no table of actions");
  return Object.entries(answer).map(([name, about]) => ({
    name,
    parameters: parametersOf(about),
    ...(isJsonObject(about) && about.disabled === true && { disabled: `${scripts.source} says that it cannot be run now` }),
  }));
};

const parametersOf = (about: Json | undefined): readonly string[] => {
  const params = isJsonObject(about) ? about.params : undefined;
  return (Array.isArray(params) ? params : []).flatMap((each) => (isJsonObject(each) && typeof each.name === "string" ? [each.name] : []));
};

/** What a user's own action makes of an object. Throws ScriptFailed, LimitExceeded. */
export const runScript = (
  scripts: ActionScripts,
  name: string,
  live: Manifest,
  parameters: ActionParameters,
  now: number,
): readonly ActionEffect[] | undefined => {
  const definition = scripts.definitions.find((each) => each.name === name);
  if (!definition) return undefined;
  const source = `${scripts.source} (${name})`;
  const obj = scriptView(live);
  const answer = runLua({ source, lua: definition.lua }, { obj, actionParams: parameters, now: () => now });
  if (isJsonObject(answer)) return [{ kind: "change", object: objectOf(withEmptyMaps(answer, obj)) }];
  if (!Array.isArray(answer)) throw failed({ source }, "the script returns neither an object nor a list of operations");
  return answer.map((each) => effectOf(each, obj, source));
};

const effectOf = (written: Json, obj: JsonObject, source: string): ActionEffect => {
  const { operation, resource } = objectOf(written);
  if (!isJsonObject(resource)) throw failed({ source }, "an operation has no resource");
  switch (operation) {
    case "patch":
      return { kind: "change", object: objectOf(withEmptyMaps(resource, obj)) };
    case "create":
      return { kind: "create", object: manifestIn(resource, source) };
    default:
      throw failed({ source }, `${JSON.stringify(operation ?? null)} is no operation; write "create" or "patch"`);
  }
};

const manifestIn = (resource: JsonObject, source: string): Manifest => {
  const { apiVersion, kind, metadata } = resource;
  const { name } = objectOf(metadata);
  if (typeof apiVersion !== "string" || typeof kind !== "string" || typeof name !== "string" || name === "")
    throw failed({ source }, "an object to create has no apiVersion, kind or metadata.name");
  return { ...resource, apiVersion, kind, metadata: { ...objectOf(metadata), name } };
};

const objectOf = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});

const failed = ({ source }: { readonly source: string }, reason: string): Failure =>
  new Failure("ScriptFailed", source, `${source}: ${reason}`);
