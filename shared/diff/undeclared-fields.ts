import { isJsonObject, type Json } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { ApplyAnswer, ApplyOptions, Cluster } from "../ports/cluster.ts";

/** The server names all that it finds at once, but for what lies in something else that it does not know. */
const mostTries = 3;

/**
 * Server-side apply refuses a field that no schema has, whatever `validate` says. `Validate=false` means that it is dropped instead, as a create or a
 * replace drops it: so it is left out and the rest applied.
 */
export const applyDeclared = async (cluster: Cluster, manifest: Manifest, options: ApplyOptions): Promise<ApplyAnswer> => {
  let answer = await cluster.apply(manifest, options);
  let rest: Json = JSON.parse(JSON.stringify(manifest));
  for (let tries = 0; tries < mostTries && options.validate === false && answer.state === "refused"; tries++) {
    const undeclared = undeclaredIn(answer.message);
    if (undeclared.length === 0) return answer;
    for (const path of undeclared) rest = without(rest, path);
    const { apiVersion, kind, metadata } = manifest;
    answer = await cluster.apply({ ...(isJsonObject(rest) ? rest : {}), apiVersion, kind, metadata }, options);
  }
  return answer;
};

/** A field's name, a place in a list, or the keys of an item such as `{ name: "web" }`. */
type Step = string | number | Readonly<Record<string, Json>>;

/** Such as `.spec.template.spec.containers[name="web"].surprise: field not declared in schema`, in the words of Kubernetes' structured-merge-diff. */
const undeclaredIn = (message: string): readonly (readonly Step[])[] =>
  [...message.matchAll(/((?:\.[^\s.:[\]]+|\[(?:[^\]"]|"[^"]*")*\])+): field not declared in schema/g)].map(([, path = ""]) =>
    stepsOf(path),
  );

const stepsOf = (path: string): readonly Step[] =>
  [...path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\[((?:[^\]"]|"[^"]*")*)\]/g)].map(([, field, index, keys]) => {
    if (field !== undefined) return field;
    return index === undefined ? keysOf(keys ?? "") : Number(index);
  });

/** `containerPort=80,protocol="TCP"` */
const keysOf = (text: string): Readonly<Record<string, Json>> =>
  Object.fromEntries([...text.matchAll(/([^,="]+)=("[^"]*"|[^,]*)/g)].map(([, name = "", value = ""]) => [name, scalarOf(value)]));

const scalarOf = (text: string): Json => {
  if (text.startsWith('"')) return text.slice(1, -1);
  return text === "true" || text === "false" ? text === "true" : Number(text);
};

const without = (value: Json, [step, ...rest]: readonly Step[]): Json => {
  if (typeof step === "string") {
    if (!isJsonObject(value)) return value;
    const { [step]: found, ...others } = value;
    if (found === undefined) return value;
    return rest.length === 0 ? others : { ...others, [step]: without(found, rest) };
  }
  if (step === undefined || !Array.isArray(value) || rest.length === 0) return value;
  return value.map((item, index) => (isItem(item, index, step) ? without(item, rest) : item));
};

const isItem = (item: Json, index: number, step: Exclude<Step, string>): boolean =>
  typeof step === "number" ? index === step : isJsonObject(item) && Object.entries(step).every(([key, value]) => item[key] === value);
