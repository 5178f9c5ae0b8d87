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
import type { Offered, Stack } from "./command.ts";

/** Where a stack is, on one machine or in an account. */
export interface StackAddress {
  /** What the AWS SDK is to find in the environment: endpoints, or a region. */
  readonly aws: Readonly<Record<string, string>>;
  readonly table: string;
  readonly bucket: string;
  /** URLs; `syncs` by network. */
  readonly queues: {
    readonly pushes: string;
    readonly renders: string;
    readonly notices: string;
    readonly syncs: Readonly<Record<string, string>>;
  };
  /** Path of the installation file: read when a cluster is looked at. */
  readonly installation: string;
  /** `folder:<path>` or `secretsmanager:<prefix>`. */
  readonly secrets: string;
  readonly control: Stack["control"];
}

type Claim = readonly [manifest: Manifest, application: Application];

/** What commands act on, by the same adapters that the functions have. */
export const openStack = async (address: StackAddress): Promise<Stack> => {
  const { aws, table: tableName, bucket, queues, control } = address;
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
    const installation = readInstallation(address.installation);
    const secrets = secretsOf({ FAIRLEAD_SECRETS: address.secrets });
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
    // There is one network so far.
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
    control,
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
