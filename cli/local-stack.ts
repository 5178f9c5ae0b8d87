import { resolve } from "node:path";
import { findStack, type StackFile, stackIn } from "../infra/local/stack-file.ts";
import { type ActionWorld, offeredActions, runAction } from "../shared/actions/run-action.ts";
import { openJq } from "../shared/adapters/jq/jq.ts";
import { orphanedResources } from "../shared/drift/orphaned-resources.ts";
import type { Application } from "../shared/model/application.ts";
import { Failure } from "../shared/model/failure.ts";
import type { Manifest } from "../shared/model/manifest.ts";
import { readRenderOutput } from "../shared/model/render-output.ts";
import type { ResourceKey } from "../shared/model/resource-key.ts";
import { sideBySide } from "../shared/model/side-by-side.ts";
import { registryClaims } from "../shared/registry/register-objects.ts";
import type { ApplicationState } from "../shared/state/application-state.ts";
import { readResults } from "../shared/state/event-results.ts";
import type { LookWorld } from "../shared/sync/look.ts";
import { previewSync } from "../shared/sync/preview.ts";
import { tryOut } from "../shared/sync/try-out.ts";
import { CommandError, type Offered, type Stack } from "./command.ts";

/** The stack that keeps its state in `folder`, or else runs in `here` or above it. Throws with what to do when there is none. */
export const openLocalStack = async (here: string, folder?: string): Promise<Stack> => {
  const found = folder === undefined ? await findStack(here) : await stackIn(resolve(here, folder));
  switch (found.state) {
    case "running":
      return stackOf(found.stack);
    case "stale":
      throw new CommandError("the local stack has ended; start it with npm start, and run this in the same folder");
    case "unreadable":
      throw new CommandError(`${found.path} was written by another version; start the stack again with npm start`);
    default:
      throw new CommandError(
        folder === undefined
          ? "no local stack runs here; start one with npm start, and run this in the same folder, or say where it keeps its state: --folder DIR"
          : `no local stack keeps its state in ${folder}; give the folder that npm start has`,
      );
  }
};

type Claim = readonly [manifest: Manifest, application: Application];

const stackOf = async ({
  aws,
  table: tableName,
  bucket,
  queues,
  control,
  installation: path,
  secrets: folder,
}: StackFile): Promise<Stack> => {
  // The SDK reads endpoints and credentials from the environment, here as in the functions, and some of it when a module is loaded.
  Object.assign(process.env, aws);
  const { artifactsOf, clock, deadLettersOf, queueAt, secretsOf, tableOf } = await import("../functions/world/aws.ts");
  const { clustersOf } = await import("../functions/world/clusters.ts");
  const { fingerprintKeyOf } = await import("../functions/world/fingerprints.ts");
  const { readInstallation } = await import("../functions/world/installation.ts");
  const table = tableOf({ FAIRLEAD_TABLE: tableName });
  const artifacts = artifactsOf({ FAIRLEAD_BUCKET: bucket });
  /** What a look at a cluster needs, as the functions have it; its connection ends with the look. */
  const withCluster = async <T>(state: ApplicationState, look: (world: LookWorld) => Promise<T>): Promise<T> => {
    const installation = readInstallation(path);
    const secrets = secretsOf({ FAIRLEAD_SECRETS: `folder:${folder}` });
    const clusters = clustersOf(installation, table, secrets);
    const cluster = await clusters.connect(state.cluster);
    const jq = openJq();
    const { peoplesTools } = installation.drift;
    const registry = { claims: (...given: Claim) => registryClaims(...given, installation) };
    try {
      return await look({ table, artifacts, clusters, clock, fingerprintKey: fingerprintKeyOf(secrets), jq, peoplesTools, registry });
    } finally {
      await Promise.all([cluster.close(), jq.close()]);
    }
  };
  return {
    table,
    pushes: queueAt(queues.pushes),
    deadLetters: {
      pushes: deadLettersOf(queues.pushes),
      renders: deadLettersOf(queues.renders),
      ...Object.fromEntries(Object.entries(queues.syncs).map(([network, url]) => [`syncs-${network}`, deadLettersOf(url)])),
      notices: deadLettersOf(queues.notices),
    },
    // On one machine every cluster is reached by the same functions.
    syncsOf: () => queueAt(queues.syncs.public ?? Object.values(queues.syncs)[0] ?? ""),
    manifests: async (digest) => {
      const bytes = await artifacts.get(`manifests/${digest}`);
      return bytes && readRenderOutput(bytes).manifests;
    },
    results: (event) => readResults(artifacts, event),
    preview: (application, state) => withCluster(state, (world) => previewSync(application, state, { ...world, ...world.registry })),
    tryOut: (subject) => withCluster(subject.state, (world) => tryOut(subject, world)),
    offeredActions: (application, objects, state) =>
      withCluster(state, (world) => sideBySide(objects, 8, (object) => offeredFor(application, object, world))),
    runAction: (request, state) => withCluster(state, (world) => runAction(request, world)),
    orphans: (application, state) => withCluster(state, (world) => orphanedResources(application, state.cluster, world)),
    control: async (where) => {
      const answer = await fetch(new URL(where, control.url), { method: "POST", headers: { authorization: `Bearer ${control.token}` } });
      if (!answer.ok) throw new CommandError(messageOf(await answer.text()));
    },
  };
};

const offeredFor = async (application: string, object: ResourceKey, world: ActionWorld): Promise<Offered> => {
  try {
    return { object, actions: await offeredActions({ application, object }, world) };
  } catch (error) {
    if (error instanceof Failure && error.code === "ActionRefused") return { object, refused: error.message };
    throw error;
  }
};

const messageOf = (body: string): string => {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null && "message" in parsed) return String(parsed.message);
  } catch {
    // Not ours: told as it came.
  }
  return `the local stack answered: ${body.slice(0, 200)}`;
};
