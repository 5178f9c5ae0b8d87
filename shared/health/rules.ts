import type { Json } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { HealthStatus } from "../model/operation.ts";
import type { Health, HealthCheck } from "./check.ts";
import { at, type Condition, conditionsOf, numberAt, objectsAt, textAt, wordsOf } from "./fields.ts";

/** One thing that an object may say of its health. Undefined: it does not say it, and the next clause is asked. */
export type Clause = (live: Manifest, conditions: readonly Condition[]) => Health | undefined;

/**
 * A kind's health as a row: the first clause that has something to say decides, and where none has, its controller has yet to speak.
 * Nothing is Healthy by what was observed of an older generation.
 */
export const rule = (...clauses: readonly Clause[]): HealthCheck => {
  const judge = judgedBy(clauses);
  return (live) => judge(live) ?? waiting;
};

/** The same for kinds of which many never get a status: where no clause says anything, the object has no health. */
export const ruleIfAny = (...clauses: readonly Clause[]): HealthCheck => judgedBy(clauses);

/** For controllers that do not keep their `observedGeneration` up to date. */
export const ruleOfAnyGeneration = (...clauses: readonly Clause[]): HealthCheck => {
  const judge = firstOf(...clauses);
  return (live) => judge(live, conditionsOf(live)) ?? waiting;
};

const judgedBy = (clauses: readonly Clause[]): HealthCheck => {
  const judge = firstOf(...clauses);
  return (live) => {
    const health = judge(live, conditionsOf(live));
    return health?.status === "Healthy" && isBehind(live) ? behind : health;
  };
};

const waiting: Health = { status: "Progressing", message: "waiting for its controller to report" };

const behind: Health = { status: "Progressing", message: "waiting for its controller to see the change" };

const isBehind = (live: Manifest): boolean => {
  const observed = numberAt(live, "status", "observedGeneration");
  return observed !== undefined && live.metadata.generation !== undefined && observed < live.metadata.generation;
};

type Wanted = "True" | "False" | "Unknown" | "not True" | "any";

/** A condition of this type in this state, with one of the reasons if some are given. Its own words are the message. */
export const when = (type: string, wanted: Wanted, status: HealthStatus, ...reasons: readonly string[]): Clause =>
  whenCondition(
    (condition) => condition.type === type && holds(condition, wanted) && (reasons.length === 0 || reasons.includes(condition.reason)),
    status,
  );

const holds = ({ status }: Condition, wanted: Wanted): boolean =>
  wanted === "any" || (wanted === "not True" ? status !== "True" : status === wanted);

export const whenCondition =
  (matches: (condition: Condition) => boolean, status: HealthStatus): Clause =>
  (_, conditions) => {
    const found = conditions.find(matches);
    return found && healthBy(status, wordsOf(found));
  };

/** Ready and its like: True is Healthy, False Degraded, anything else Progressing. */
export const goodOrBad = (type: string): Clause => {
  const clauses = [when(type, "True", "Healthy"), when(type, "False", "Degraded"), when(type, "any", "Progressing")];
  return firstOf(...clauses);
};

export const firstOf =
  (...clauses: readonly Clause[]): Clause =>
  (live, conditions) => {
    for (const clause of clauses) {
      const health = clause(live, conditions);
      if (health) return health;
    }
    return undefined;
  };

/** Whatever its conditions say, once there are some. */
export const withConditions =
  (status: HealthStatus, message: string): Clause =>
  (_, conditions) =>
    conditions.length > 0 ? healthBy(status, message) : undefined;

/** Values of a field (booleans and numbers as text) and what they mean; a key that ends in `*` is the beginning of a value. */
export type Values = Readonly<Record<string, HealthStatus>>;

/**
 * A field by its value: `field("status.phase", { Running: "Healthy" })`. `other` is for present values that are not named. What
 * its status says in words is the message, or else the value itself.
 */
export const field = (path: string, values: Values, other?: HealthStatus): Clause => {
  const fields = path.split(".");
  const name = fields.at(-1) ?? path;
  const statusOf = reading(values, other);
  return (live) => {
    const value = scalar(at(live, fields));
    const status = value === undefined ? undefined : statusOf(value);
    return status && healthBy(status, wordsIn(live) || `its ${name} is ${value || "empty"}`);
  };
};

/** Beside a phase or a state, controllers write why in one of these. */
const wordsIn = (live: Manifest): string => {
  for (const name of ["message", "error", "reason"]) {
    const words = textAt(live, "status", name);
    if (words !== "") return words;
  }
  return "";
};

/** The same of the first entry of a list whose field is named. */
export const inList = (path: string, name: string, values: Values): Clause => {
  const fields = path.split(".");
  const statusOf = reading(values);
  return (live) => {
    for (const entry of objectsAt(live, ...fields)) {
      const value = scalar(entry[name]);
      const status = value === undefined ? undefined : statusOf(value);
      if (status) return healthBy(status, textAt(entry, "message") || `${textAt(entry, "name") || fields.at(-1)}: ${name} is ${value}`);
    }
    return undefined;
  };
};

const scalar = (value: Json | undefined): string | undefined =>
  value === undefined || value === null || typeof value === "object" ? undefined : String(value);

const reading = (values: Values, other?: HealthStatus): ((value: string) => HealthStatus | undefined) => {
  const exact = new Map(Object.entries(values));
  const starts = Object.entries(values).flatMap(([key, status]) => (key.endsWith("*") ? [{ start: key.slice(0, -1), status }] : []));
  return (value) => exact.get(value) ?? starts.find(({ start }) => value.startsWith(start))?.status ?? other;
};

/** For controllers that keep the generation that they judged elsewhere than in `status.observedGeneration`. */
export const observedAs = (path: string): Clause => {
  const fields = path.split(".");
  return (live) => {
    const observed = at(live, fields);
    return observed === undefined || observed === live.metadata.generation ? undefined : behind;
  };
};

/** For controllers that say so in each condition: one that speaks of an older generation waits for the newer. */
export const observedInConditions: Clause = (live, conditions) =>
  conditions.some(({ observedGeneration: seen }) => seen !== undefined && seen !== live.metadata.generation) ? behind : undefined;

/** A switch in the spec that holds its controller off: `suspended("spec.suspend")`. */
export const suspended = (path: string): Clause => field(path, { true: "Suspended" });

/** What is written in code, for the few that no row can say. */
export const healthBy = (status: HealthStatus, message: string): Health => (status === "Healthy" ? { status } : { status, message });

export const always =
  (status: HealthStatus, message = ""): Clause =>
  () =>
    healthBy(status, message);
