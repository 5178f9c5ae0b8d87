import { type Document, isMap, isScalar, isSeq, type LineCounter } from "yaml";
import type { FieldPath } from "../model/field-problem.ts";

/** Counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Where a field stands in the file: its value, its name where the name is what is wrong, and for a missing field the nearest thing around
 * it that is there.
 */
export const positionOf = (document: Document, lines: LineCounter, path: FieldPath, what: "name" | "value"): Position => {
  const { line, col } = lines.linePos(offsetOf(document, path, what));
  return { line: Math.max(1, line), column: Math.max(1, col) };
};

const offsetOf = (document: Document, path: FieldPath, what: "name" | "value"): number => {
  let node: unknown = document.contents;
  let offset = rangeStart(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    const pair = pairOf(node, step);
    if (!pair) return offset;
    const last = depth === path.length - 1;
    offset = (last && what === "value" ? rangeStart(pair.value) : undefined) ?? rangeStart(pair.key) ?? rangeStart(pair.value) ?? offset;
    node = pair.value;
  }
  return offset;
};

const pairOf = (node: unknown, step: string | number): { readonly key: unknown; readonly value: unknown } | undefined => {
  if (isSeq(node) && typeof step === "number") return step < node.items.length ? { key: undefined, value: node.items[step] } : undefined;
  if (!isMap(node)) return undefined;
  return node.items.find(({ key }) => (isScalar(key) ? String(key.value) : undefined) === String(step));
};

/** An empty value (`field:`) has a range of no length behind the colon; the name is the better place then. */
const rangeStart = (node: unknown): number | undefined => {
  if (typeof node !== "object" || node === null || !("range" in node) || !Array.isArray(node.range)) return undefined;
  const [start, end] = node.range;
  return typeof start === "number" && (start !== end || !isScalar(node)) ? start : undefined;
};
