import type { FieldPath, FieldProblem } from "../model/field-problem.ts";
import type { ApplicationDraft } from "./application-draft.ts";
import type { WrittenDestination, WrittenSource } from "./application-schema.ts";
import { retryProblems } from "./retry-policy.ts";

/** What a schema cannot say: fields that need or exclude each other, in Argo CD's sense. Parts that the schema refused are left out. */
export const applicationProblems = (draft: ApplicationDraft): readonly FieldProblem[] => [
  ...nameProblems(draft.name),
  ...sourcesProblems(draft),
  ...destinationProblems(draft.destination),
  ...retryProblems(draft.retry, ["spec", "syncPolicy", "retry"]),
  ...historyProblems(draft.revisionHistoryLimit),
];

/** The name is part of tracking ids, keys and URLs. */
const nameProblems = (name: string | undefined): readonly FieldProblem[] =>
  name === undefined || (/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name) && name.length <= 253)
    ? []
    : [problem(["metadata", "name"], "is not a name Kubernetes takes; write at most 253 lower-case letters, digits, - and .")];

const sourcesProblems = ({ source, sources, gives }: ApplicationDraft): readonly FieldProblem[] => {
  if (gives.source && gives.sources) return [problem(["spec", "sources"], "stands beside spec.source; give one of the two")];
  if (gives.source) return source ? sourceProblems(source, ["spec", "source"], false) : [];
  // A hydrator alone is refused by the table of supported fields, in its own words; so is a spec that is no map.
  if (!gives.sources || sources?.length === 0)
    return gives.sourceHydrator || !gives.spec ? [] : [problem(["spec", "source"], "is missing; give spec.source or spec.sources")];
  const each = (sources ?? []).flatMap((row, index) => (row ? sourceProblems(row, ["spec", "sources", index], true) : []));
  return [...each, ...repeatedRefs(sources ?? [])];
};

const sourceProblems = (source: WrittenSource, path: FieldPath, several: boolean): readonly FieldProblem[] => {
  const problems: FieldProblem[] = [];
  const wrong = (field: string, message: string) => problems.push(problem([...path, field], message));
  const { chart = "", path: directory = "", targetRevision = "", ref = "" } = source;
  if (source.repoURL.trim() === "") wrong("repoURL", "is empty; write the URL of the repository");
  if (chart === "" && directory === "" && !(several && ref !== ""))
    wrong("path", "is missing; give path (for Git) or chart (for a chart repository)");
  if (chart !== "" && targetRevision === "") wrong("targetRevision", "is missing; a chart needs a version or a range of versions");
  if (chart !== "" && several && ref !== "")
    wrong("ref", "stands beside chart; value files come from a Git source with ref and without chart");
  if (/(^|\/)\.\.?(\/|$)/.test(chart)) wrong("chart", "is not a chart's name; write it as the chart repository lists it");
  if (leavesRepository(directory))
    wrong("path", `leads out of the repository (${JSON.stringify(directory)}); write it from the repository's root`);
  if (ref !== "" && !/^[A-Za-z0-9_-]+$/.test(ref)) wrong("ref", "has other characters than letters, digits, - and _");
  const tools = (["helm", "kustomize", "directory", "plugin"] as const).filter((tool) => source[tool] !== undefined);
  if (tools.length > 1) problems.push(problem(path, `has options for ${tools.join(" and ")}; keep those of one tool`));
  return [...problems, ...optionProblems(source, path)];
};

const optionProblems = ({ helm, kustomize }: WrittenSource, path: FieldPath): readonly FieldProblem[] => {
  const problems: FieldProblem[] = [];
  if ((helm?.releaseName ?? "").length > 53)
    problems.push(problem([...path, "helm", "releaseName"], "is longer than the 53 characters Helm takes"));
  for (const [index, { name }] of (helm?.parameters ?? []).entries())
    if (name === "")
      problems.push(problem([...path, "helm", "parameters", index, "name"], "is empty; write the value's path, such as image.tag"));
  for (const [index, { count }] of (kustomize?.replicas ?? []).entries())
    if (!/^[0-9]+$/.test(String(count)))
      problems.push(problem([...path, "kustomize", "replicas", index, "count"], "is not a number of replicas"));
  return problems;
};

const leavesRepository = (directory: string): boolean => {
  if (directory.startsWith("/") || directory.includes("\0") || directory.includes("\\")) return true;
  let depth = 0;
  for (const segment of directory.split("/")) {
    if (segment === "..") depth -= 1;
    else if (segment !== "" && segment !== ".") depth += 1;
    if (depth < 0) return true;
  }
  return false;
};

const repeatedRefs = (sources: readonly (WrittenSource | undefined)[]): readonly FieldProblem[] =>
  sources.flatMap((source, index) => {
    const ref = source?.ref ?? "";
    const first = sources.findIndex((other) => other?.ref === ref);
    return ref === "" || first === index
      ? []
      : [
          problem(
            ["spec", "sources", index, "ref"],
            `is ${JSON.stringify(ref)} as in spec.sources[${first}]; give each source its own ref`,
          ),
        ];
  });

/** Empty strings count as absent: exported Applications have `name: ""` beside a server. */
const destinationProblems = (destination: WrittenDestination | undefined): readonly FieldProblem[] => {
  if (!destination) return [];
  const { server = "", name = "" } = destination;
  const path = ["spec", "destination"];
  if (server !== "" && name !== "") return [problem(path, "has both server and name; give one of the two")];
  return server === "" && name === "" ? [problem(path, "has neither server nor name; give one of the two")] : [];
};

const historyProblems = (limit: number | undefined): readonly FieldProblem[] =>
  limit !== undefined && limit < 0 ? [problem(["spec", "revisionHistoryLimit"], "is negative; write 0 or more")] : [];

const problem = (path: FieldPath, message: string): FieldProblem => ({ path, message });
