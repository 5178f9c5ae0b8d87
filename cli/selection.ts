import { closest } from "../shared/model/field-problem.ts";
import { describeKey, type ResourceKey } from "../shared/model/resource-key.ts";
import { maxSelected, type SelectedResource } from "../shared/model/sync-request.ts";
import { CommandError, UsageError } from "./command.ts";

interface Reading {
  readonly group?: string | undefined;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** `apps/Deployment:production/web`, `Deployment/web`, and Argo CD's own `apps:Deployment:production/web`. */
const forms: readonly RegExp[] = [
  /^(?<group>[^/:]*)\/(?<kind>[^/:]+):(?:(?<namespace>[^/]*)\/)?(?<name>[^/]+)$/,
  /^(?<kind>[^/:]+)\/(?<name>[^/]+)$/,
  /^(?<group>[^/:]*):(?<kind>[^/:]+):(?:(?<namespace>[^/]*)\/)?(?<name>[^/]+)$/,
];

/** Names may hold colons, so one text may fit two forms: whichever names an object was meant. */
const readingsOf = (text: string): readonly Reading[] =>
  forms.flatMap((form) => {
    const { group, kind = "", namespace, name = "" } = form.exec(text)?.groups ?? {};
    return kind === "" ? [] : [{ group, kind, namespace, name }];
  });

const isMeant = ({ group, kind, namespace, name }: Reading, key: ResourceKey): boolean =>
  name === key.name &&
  kind.toLowerCase() === key.kind.toLowerCase() &&
  (group === undefined || group === key.group) &&
  (namespace === undefined || namespace === key.namespace);

/**
 * The objects of an Application that people name on the command line.
 * @param keys All that there are: those in Git, and those that it still owns.
 * @throws UsageError for a text that names nothing; CommandError with near ones for one that is not among them
 */
export const selectObjects = (
  application: string,
  texts: readonly string[],
  keys: readonly ResourceKey[],
  option = "--resource",
): readonly SelectedResource[] => {
  const selected = new Set<ResourceKey>();
  for (const text of texts) {
    const readings = readingsOf(text);
    if (readings.length === 0) throw new UsageError(`${option} ${text} names no object; write KIND/NAME or GROUP/KIND:NAMESPACE/NAME`);
    const meant = keys.filter((key) => readings.some((reading) => isMeant(reading, key)));
    if (meant.length === 0) throw new CommandError(`Application ${application} has no object ${text}; ${nearTo(readings, keys)}`);
    for (const key of meant) selected.add(key);
  }
  if (selected.size > maxSelected)
    throw new UsageError(`${option} names ${selected.size} objects; at most ${maxSelected} can be named, or sync the whole Application`);
  return [...selected].map(({ group, kind, namespace, name }) => ({ group, kind, namespace, name }));
};

const mostNear = 5;

const nearTo = (readings: readonly Reading[], keys: readonly ResourceKey[]): string => {
  if (keys.length === 0) return "it has none at all";
  const meant = readings.flatMap(({ kind, name }) => closest(`${kind}/${name}`, keys.map(shortOf)) ?? []);
  const best = keys.filter((key) => meant.includes(shortOf(key)));
  const akin = keys.filter((key) => readings.some(({ kind, name }) => kind.toLowerCase() === key.kind.toLowerCase() || name === key.name));
  const [label, near] = best.length > 0 ? ["did you mean", best] : akin.length > 0 ? ["near are", akin] : ["there are", keys];
  const more = near.length > mostNear ? ` and ${near.length - mostNear} more` : "";
  return `${label} ${near.slice(0, mostNear).map(describeKey).join(", ")}${more}${label === "did you mean" ? "?" : ""}`;
};

const shortOf = ({ kind, name }: ResourceKey): string => `${kind}/${name}`;
