import { isJsonObject, type Json } from "../model/json.ts";
import type { JqPath } from "../ports/jq.ts";

export const escapePointer = (field: string): string => (/[~/]/.test(field) ? field.replaceAll("~", "~0").replaceAll("/", "~1") : field);

/** JSON pointers of the places in a document that jq's paths name; a part of a list is one pointer an item. What is not there has none. */
export const pointersAt = (document: Json, paths: readonly JqPath[]): readonly string[] => [
  ...new Set(paths.flatMap((path) => pointersOf({ value: document, pointer: "", from: 0 }, path))),
];

interface Place {
  readonly value: Json;
  readonly pointer: string;
  /** Where a part of a list begins in the whole list. */
  readonly from: number;
}

const pointersOf = ({ value, pointer, from }: Place, [first, ...rest]: JqPath): readonly string[] => {
  if (first === undefined) return [pointer];
  if (typeof first === "string") {
    const below = isJsonObject(value) && Object.hasOwn(value, first) ? value[first] : undefined;
    return below === undefined ? [] : pointersOf({ value: below, pointer: `${pointer}/${escapePointer(first)}`, from: 0 }, rest);
  }
  if (!Array.isArray(value)) return [];
  if (typeof first === "number") {
    const index = first < 0 ? first + value.length : Math.floor(first);
    const item = value[index];
    return item === undefined ? [] : pointersOf({ value: item, pointer: `${pointer}/${from + index}`, from: 0 }, rest);
  }
  const [start, end] = isJsonObject(first) ? [bound(first.start, 0, value.length), bound(first.end, value.length, value.length)] : [0, 0];
  const part = value.slice(start, end);
  if (rest.length > 0) return pointersOf({ value: part, pointer, from: from + start }, rest);
  return part.map((_, index) => `${pointer}/${from + start + index}`);
};

const bound = (given: Json | undefined, otherwise: number, length: number): number => {
  if (typeof given !== "number") return otherwise;
  return given < 0 ? Math.max(0, given + length) : given;
};
