import { isJsonObject, type Json } from "../model/json.ts";
import type { JqAnswer, JqPath } from "../ports/jq.ts";

/** Answers for any document as jq would, without asking it. */
export type PlainPath = (document: Json) => JqAnswer;

/**
 * Reads the jq expressions that most people write, such as `.spec.replicas`, `.spec.template.spec.containers[].image` or
 * `.webhooks[] | select(.name == "a") | .clientConfig.caBundle`. undefined: more than that; ask jq.
 */
export const parsePlainPath = (expression: string): PlainPath | undefined => {
  const stages = expression.split("|").map((text) => parseStage(text.trim()));
  if (stages.some((stage) => stage === undefined)) return undefined;
  const parsed = stages.filter((stage) => stage !== undefined);
  return (document) => {
    try {
      const places = parsed.reduce<readonly Place[]>((found, stage) => found.flatMap(stage), [{ path: [], value: document }]);
      return { state: "paths", paths: places.map(({ path }) => path) };
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      return { state: "unfit", message: error.message };
    }
  };
};

interface Place {
  readonly path: JqPath;
  readonly value: Json;
}

type Stage = (at: Place) => readonly Place[];

class Unfit extends Error {}

const parseStage = (text: string): Stage | undefined => {
  const select = /^select\(\s*(\.[^=!()]*?)\s*(==|!=)\s*([^=!()]+?)\s*\)$/.exec(text);
  return select ? parseSelect(select[1] ?? "", select[2] === "==", select[3] ?? "") : parseSteps(text);
};

const parseSelect = (path: string, equal: boolean, text: string): Stage | undefined => {
  const steps = path.includes("[]") || path.includes("?") ? undefined : parseSteps(path);
  const literal = parseLiteral(text);
  if (!steps || literal === undefined) return undefined;
  return (at) => (steps(at).every(({ value }) => (value === literal) === equal) ? [at] : []);
};

/** Text without escapes, whole numbers, and the three words. */
const parseLiteral = (text: string): Json | undefined =>
  /^("[^"\\]*"|-?(0|[1-9]\d{0,14})|true|false|null)$/.test(text) ? JSON.parse(text) : undefined;

/** `.name`, `."any text"`, `["any text"]`, `[3]`, `[]`; each may end in `?`. Only at the beginning may a bracket follow a dot. */
const step = /(?:\.([A-Za-z_]\w*)|\."([^"\\]*)"|\["([^"\\]*)"\]|\[(-?\d{1,9})\]|(\[\]))(\?)?/y;

const parseSteps = (text: string): Stage | undefined => {
  if (text === ".") return (at) => [at];
  if (!text.startsWith(".")) return undefined;
  const stages: Stage[] = [];
  step.lastIndex = text.startsWith(".[") ? 1 : 0;
  while (step.lastIndex < text.length) {
    const found = step.exec(text);
    if (!found) return undefined;
    const [, name, quoted, bracketed, index, each, optional] = found;
    const field = name ?? quoted ?? bracketed;
    const go = each !== undefined ? iterate : field !== undefined ? inField(field) : atIndex(Number(index));
    stages.push(optional === undefined ? go : orNothing(go));
  }
  step.lastIndex = 0;
  return (at) => stages.reduce<readonly Place[]>((found, stage) => found.flatMap(stage), [at]);
};

const inField =
  (name: string): Stage =>
  ({ path, value }) => {
    if (value !== null && !isJsonObject(value)) throw new Unfit(`Cannot index ${typeName(value)} with "${name}"`);
    return [{ path: [...path, name], value: (value !== null && Object.hasOwn(value, name) ? value[name] : null) ?? null }];
  };

const atIndex =
  (index: number): Stage =>
  ({ path, value }) => {
    if (value !== null && !Array.isArray(value)) throw new Unfit(`Cannot index ${typeName(value)} with number`);
    return [{ path: [...path, index], value: value?.at(index) ?? null }];
  };

const iterate: Stage = ({ path, value }) => {
  if (Array.isArray(value)) return value.map((item, index) => ({ path: [...path, index], value: item }));
  if (!isJsonObject(value)) throw new Unfit(`Cannot iterate over ${typeName(value)}`);
  return Object.entries(value).flatMap(([name, each]) => (each === undefined ? [] : [{ path: [...path, name], value: each }]));
};

const orNothing =
  (stage: Stage): Stage =>
  (at) => {
    try {
      return stage(at);
    } catch (error) {
      if (error instanceof Unfit) return [];
      throw error;
    }
  };

const typeName = (value: Json): string => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);
