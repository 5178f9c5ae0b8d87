import type { FieldPath, FieldProblem } from "./field-problem.ts";

/** What is read of an issue that a schema library reports (zod's have this shape); the model itself uses no library. */
export interface SchemaIssue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly expected?: string;
  readonly values?: readonly unknown[];
  readonly keys?: readonly string[];
}

const wanted: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map of fields",
  record: "a map of fields",
};

/** A schema's issues as sentences that say what stands there and what to write instead. Own messages of a schema are taken as they are. */
export const problemsOf = (issues: readonly SchemaIssue[], input: unknown): readonly FieldProblem[] =>
  issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
    return issue.code === "unrecognized_keys"
      ? (issue.keys ?? []).map((key) => ({ path: [...path, key], message: "is not a known field" }))
      : [{ path, message: messageOf(issue, valueAt(input, path)) }];
  });

const messageOf = (issue: SchemaIssue, value: unknown): string => {
  switch (issue.code) {
    case "invalid_type": {
      const want = wanted[issue.expected ?? ""] ?? issue.expected ?? "another value";
      if (value === undefined || value === null) return `${absence(value)}; write ${want}`;
      return `is ${describe(value)}; write ${want}${quoteHint(issue.expected, value)}`;
    }
    case "invalid_value": {
      const choices = (issue.values ?? []).map((choice) => JSON.stringify(choice)).join(", ");
      return value === undefined || value === null
        ? `is missing; write one of ${choices}`
        : `is ${describe(value)}; write one of ${choices}`;
    }
    default:
      return issue.message;
  }
};

const absence = (value: null | undefined): string => (value === null ? "is empty" : "is missing");

/** YAML reads bare numbers and words like `true` as what they look like; whether there are quotes decides. */
const quoteHint = (expected: string | undefined, value: unknown): string => {
  if (expected === "string" && (typeof value === "number" || typeof value === "boolean")) return `, in quotes: "${value}"`;
  const bare = typeof value === "string" && (expected === "number" ? /^[0-9]+$/ : /^(true|false)$/).test(value);
  return bare && (expected === "number" || expected === "boolean") ? `, without quotes: ${value}` : "";
};

const describe = (value: unknown): string => {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a map of fields";
  if (typeof value === "string") return value.length > 60 ? "a long string" : JSON.stringify(value);
  return typeof value === "number" ? `the number ${value}` : String(value);
};

export const valueAt = (input: unknown, path: FieldPath): unknown =>
  path.reduce<unknown>((value, step) => (typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined), input);
