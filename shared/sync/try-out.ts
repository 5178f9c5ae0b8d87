import type { Application } from "../model/application.ts";
import { Failure } from "../model/failure.ts";
import type { HookPhase } from "../model/hook.ts";
import type { Manifest } from "../model/manifest.ts";
import type { ObjectResult } from "../model/operation.ts";
import type { ResourceKey } from "../model/resource-key.ts";
import { runsHooks, type SyncRequest } from "../model/sync-request.ts";
import type { ApplicationState } from "../state/application-state.ts";
import { desiredManifests } from "./desired-manifests.ts";
import { type Look, type LookWorld, lookAt } from "./look.ts";
import { groupsOf } from "./operation/groups.ts";
import { hookTasks } from "./operation/hooks.ts";
import { preflight } from "./operation/preflight.ts";
import { unlimitedTime } from "./step-time.ts";

export interface TryOutSubject {
  readonly application: Application;
  readonly state: ApplicationState;
  readonly request: SyncRequest;
}

/** What would become of a sync that a person asks for, had it begun. */
export interface TryOut {
  /** What the server would refuse, with its own words: objects and hooks. Nothing of it was written. */
  readonly refused: readonly ObjectResult[];
  /** Keys of objects that the sync would delete; others that Git no longer has would stay. */
  readonly pruned: readonly ResourceKey[];
  /** Hooks that would run, in their order. */
  readonly hooks: readonly { readonly phase: HookPhase; readonly wave: number; readonly key: ResourceKey }[];
}

/**
 * Tries a sync on the server and changes nothing: every object that it would write, and every hook, as a dry run. Not checked is what cannot be:
 * objects of namespaces and kinds that the sync itself would bring. Throws the source's error, DestinationUnknown, ClusterUnreachable.
 */
export const tryOut = async ({ application, state, request }: TryOutSubject, world: LookWorld): Promise<TryOut> => {
  const desired = await desiredManifests(state, world);
  if (desired.kind === "failed") throw new Failure("RenderFailed", application.name, desired.reason);
  if (desired.kind === "waiting")
    throw new Failure("ArtifactMissing", application.name, `${application.name} is being fetched and rendered; ask again in a moment`);
  const startedAt = world.clock.now();
  const look = await lookAt({ application, state, request, ...desired }, startedAt, world);
  const run = {
    application: application.name,
    operation: "dry-run",
    revision: state.revisions[0]?.sha ?? "",
    startedAt,
    tracking: look.tracking,
  };
  const hooks = runsHooks(request)
    ? hookTasks(look.desired.hooks, run).filter(({ phase }) => phase !== "PreDelete" && phase !== "PostDelete")
    : [];
  const groups = groupsOf({ plan: look.plan, hooks, pruneLast: () => false });
  const comesFirst = await namespaceComesFirst(application, look);
  const { refused } = await preflight(groups, {
    ...look.preflight,
    exempt: (manifest) => look.preflight.exempt(manifest) || comesFirst(manifest),
    lease: { keep: async () => {} },
    time: unlimitedTime,
    only: true,
  });
  return {
    refused,
    pruned: look.plan.prune.map(({ entry }) => entry.key),
    hooks: groups.flatMap((group) => group.hooks.map(({ phase, wave, key }) => ({ phase, wave, key }))),
  };
};

/** `CreateNamespace=true` makes it before anything is asked of the server. */
const namespaceComesFirst = async ({ destination }: Application, { options, context }: Look): Promise<(manifest: Manifest) => boolean> => {
  const name = destination.namespace;
  if (!options.createNamespace || name === "") return () => false;
  const found = await context.cluster.get({ apiVersion: "v1", kind: "Namespace", namespace: "", name });
  return found.state === "absent" ? ({ metadata }) => metadata.namespace === name : () => false;
};
