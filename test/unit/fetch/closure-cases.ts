import {
  type EvaluatedSource,
  evaluateSource,
  type SourceEvaluation,
  type SourceRequest,
} from "../../../shared/fetch/closure/evaluate-source.ts";
import { buildEnvironmentOf } from "../../../shared/fetch/source/build-environment.ts";
import type { Source } from "../../../shared/model/application.ts";
import type { Failure } from "../../../shared/model/failure.ts";
import type { Snapshot } from "../../../shared/ports/git.ts";
import { memorySnapshot, type Tree } from "../../fakes/memory-snapshot.ts";

/** A source at a path of the repository that the case is about. */
export const source = (path: string, more: Partial<Source> = {}): Source => ({
  repoURL: "https://git.example.com/team/config",
  targetRevision: "main",
  path,
  ...more,
});

export const destination = { kubeVersion: "v1.36.3", apiVersions: ["v1", "apps/v1"] };

export const evaluation = (tree: Tree | Snapshot, of: Source, more: Partial<SourceRequest> = {}): SourceEvaluation => {
  const snapshot = isSnapshot(tree) ? tree : memorySnapshot(tree);
  const application = { name: more.application ?? "web", project: "default", destination: { namespace: "production" } };
  const environment = buildEnvironmentOf(application, of, snapshot.commit.sha, destination);
  return evaluateSource({ application: application.name, source: of, snapshot, refs: new Map(), environment, ...more });
};

const isSnapshot = (tree: Tree | Snapshot): tree is Snapshot => "commit" in tree && typeof tree.entry === "function";

export const evaluated = (tree: Tree | Snapshot, of: Source, more: Partial<SourceRequest> = {}): EvaluatedSource => {
  const result = evaluation(tree, of, more);
  if (result.state === "evaluated") return result;
  throw result.failure;
};

export const failureOf = (tree: Tree, of: Source, more: Partial<SourceRequest> = {}): Failure => {
  const result = evaluation(tree, of, more);
  if (result.state === "failed") return result.failure;
  throw new Error("the source was evaluated, and should not have been");
};

export const bundledPaths = (found: EvaluatedSource): readonly string[] => found.closure.files.map((file) => file.path);

export const digestOfSource = (tree: Tree, of: Source, more: Partial<SourceRequest> = {}): string =>
  evaluated(tree, of, more).closure.digest;
