import type { Json } from "../model/json.ts";

/** The jq language, as far as `ignoreDifferences` needs it: which places of a document does a path expression name. */
export interface Jq {
  /** What `path(expression)` gives for one document. Answers at once: it may block for as long as the time limit, never longer. */
  paths(expression: string, document: Json): JqAnswer;
}

/** A place in a document: fields by name, items by index (from the end when negative), parts of a list as `{ start, end }`. */
export type JqPath = readonly Json[];

export type JqAnswer =
  | { readonly state: "paths"; readonly paths: readonly JqPath[] }
  /** The expression is sound; this document is not of the shape it expects, such as `.a[]` where `a` is null. */
  | { readonly state: "unfit"; readonly message: string }
  /** It does not compile, or names no place: no document would do. */
  | { readonly state: "broken"; readonly message: string }
  | { readonly state: "over limit"; readonly message: string };
