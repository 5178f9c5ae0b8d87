import { type Document, LineCounter, parseDocument } from "yaml";
import { Failure } from "../model/failure.ts";
import { type FieldProblem, formatProblem } from "../model/field-problem.ts";
import { problemsOf } from "../model/schema-problem.ts";
import { draftOf } from "./draft.ts";
import { installationJsonSchema, knownFields, meantField } from "./json-schema.ts";
import { type Position, positionOf } from "./positions.ts";
import { installationProblems } from "./rules.ts";
import { type Installation, InstallationSchema } from "./schema.ts";

/** The installation file: YAML to a checked object, or everything that is wrong with it at once. */
export type InstallationParse =
  | { readonly state: "parsed"; readonly installation: Installation }
  | { readonly state: "refused"; readonly problems: readonly FileProblem[]; readonly failure: Failure };

export interface FileProblem extends Position {
  readonly file: string;
  /** For people: the field and what to write instead. */
  readonly message: string;
}

/** `file` is how people know the file; it stands before each problem as `file:line:column`, where editors and terminals make it a link. */
export const parseInstallation = (text: string, file: string): InstallationParse => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const unreadable = document.errors.map((error) => ({ file, ...lineAndColumn(lines, error.pos[0]), message: yamlMessage(error) }));
  // After a slip in the syntax the rest of the file means nothing; after a repeated key it does.
  if (document.errors.some(({ code }) => code !== "DUPLICATE_KEY")) return refused(file, unreadable);
  const value: unknown = document.toJS() ?? {};
  const checked = InstallationSchema.safeParse(value);
  const shape = checked.success ? [] : problemsOf(checked.error.issues, value).map(withHint);
  const wrong = [...shape, ...installationProblems(draftOf(value))];
  const problems = [...unreadable, ...wrong.map((problem) => inFile(problem, file, document, lines))];
  return problems.length === 0 && checked.success ? { state: "parsed", installation: checked.data } : refused(file, problems);
};

const unknownField = "is not a known field";

const someMap = "write a map of fields";

/** Says which fields there are, where one is not known or all are missing. */
const withHint = ({ path, message }: FieldProblem): FieldProblem => {
  const schema = installationJsonSchema();
  if (message.endsWith(someMap)) return { path, message: `${message}: ${knownFields(schema, path).join(", ")}` };
  if (message !== unknownField) return { path, message };
  const meant = meantField(schema, path);
  const known = knownFields(schema, path.slice(0, -1)).join(", ");
  return { path, message: `${unknownField}; ${meant === undefined ? `leave it out, or write one of ${known}` : `did you mean ${meant}?`}` };
};

const inFile = (problem: FieldProblem, file: string, document: Document, lines: LineCounter): FileProblem => ({
  file,
  ...positionOf(document, lines, problem.path, problem.message.startsWith(unknownField) ? "name" : "value"),
  message: problem.path.length === 0 ? `the file ${problem.message}` : formatProblem(problem),
});

const refused = (file: string, problems: readonly FileProblem[]): InstallationParse => {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const told = sorted.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
  return { state: "refused", problems: sorted, failure: new Failure("ConfigurationInvalid", file, told.join("\n")) };
};

const lineAndColumn = (lines: LineCounter, offset: number): Position => {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
};

const yamlMessage = ({ code, message }: { readonly code: string; readonly message: string }): string => {
  if (code === "DUPLICATE_KEY") return "the field is given twice; keep one of the two";
  if (code === "TAB_AS_INDENT") return "tabs cannot indent YAML; use spaces";
  return `this is not YAML: ${message.split("\n")[0] ?? ""}`;
};
