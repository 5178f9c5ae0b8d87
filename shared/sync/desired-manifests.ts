import { Failure } from "../model/failure.ts";
import type { Manifest } from "../model/manifest.ts";
import { readRenderOutput } from "../model/render-output.ts";
import type { ApplicationState } from "../state/application-state.ts";
import { readRender } from "../state/renders.ts";
import type { Outcome } from "./outcome.ts";
import type { SyncWorld } from "./ports.ts";
import { rollbackInForce } from "./rollback.ts";

export type Desired =
  | { readonly kind: "manifests"; readonly manifests: readonly Manifest[]; readonly warnings: readonly string[]; readonly output: string }
  | Extract<Outcome, { kind: "failed" | "waiting" }>;

/** What Git wants, as fetch and render left it: manifests, or why there are none. Without limits what failed at older ones is told as it is. */
export const desiredManifests = async (
  state: ApplicationState,
  world: Pick<SyncWorld, "table" | "artifacts"> & Partial<Pick<SyncWorld, "renderLimits">>,
): Promise<Desired> => {
  if (state.sourceError !== undefined) return brokenSource(state.sourceError);
  if (state.input === undefined) return { kind: "waiting" };
  const rollback = rollbackInForce(state);
  if (rollback) return renderedManifests(rollback.output, world);
  const render = await readRender(world.table, state.input, world.renderLimits);
  if (render === undefined) return { kind: "waiting", input: state.input };
  if (render.kind === "failed") return brokenSource(render.message);
  return renderedManifests(render.output, world);
};

/** What an operation began with: it stays in the artifact store. */
export const renderedManifests = async (
  output: string,
  { artifacts }: Pick<SyncWorld, "artifacts">,
): Promise<Extract<Desired, { kind: "manifests" }>> => {
  const bytes = await artifacts.get(`manifests/${output}`);
  if (!bytes)
    throw new Failure("ArtifactMissing", output, `manifests/${output} is not in the artifact store; run a sync to render it again`);
  const { manifests, warnings } = readRenderOutput(bytes);
  return { kind: "manifests", manifests, warnings, output };
};

/** Only another commit helps: nothing is tried again, and the cluster stays as it is. */
const brokenSource = (reason: string): Outcome & { kind: "failed" } => ({ kind: "failed", reason, retry: "never", results: [] });
