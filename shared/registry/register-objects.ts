/**
 * The registry stage: the last step of the sync of an Application that declares Applications, projects or clusters. Its objects go to the
 * table instead of a cluster: read what stands there, plan, write. What is interrupted is finished by doing it again.
 */

import { clusterOf, knownClusters } from "../config/destinations.ts";
import type { Installation } from "../config/schema.ts";
import type { Application } from "../model/application.ts";
import { assertNever, Failure } from "../model/failure.ts";
import type { Manifest } from "../model/manifest.ts";
import type { ObjectResult } from "../model/operation.ts";
import type { ResourceKey } from "../model/resource-key.ts";
import type { Clock } from "../ports/clock.ts";
import type { Queue } from "../ports/queue.ts";
import type { Table } from "../ports/table.ts";
import { declarationDigest, declareApplication, withdrawApplication } from "../state/applications.ts";
import { deleteClusterRecord, writeClusterRecord } from "../state/cluster-records.ts";
import { isUnreadable } from "../state/items.ts";
import { childrenOf } from "../state/listed-applications.ts";
import type { PushMessage, SyncMessage } from "../state/messages.ts";
import { deleteProject, writeProject } from "../state/projects.ts";
import { deleteCustomizations, writeCustomizations } from "../state/settings.ts";
import type { RegistryChange, RegistryEntry, Withdrawal } from "./changes.ts";
import { claims } from "./claims.ts";
import type { Parent } from "./plan-applications.ts";
import { planRegistry } from "./plan-registry.ts";
import { readKnown } from "./read-known.ts";

export interface RegistryWorld {
  readonly table: Table;
  readonly clock: Clock;
  readonly pushes: Queue<PushMessage>;
  readonly syncs: Queue<SyncMessage>;
  readonly installation: Installation;
}

export interface RegistryRequest {
  readonly parent: Application;
  /** Those that `claims` said yes to. */
  readonly manifests: readonly Manifest[];
  readonly prune: boolean;
  /** The digest that a person approved, if any; it counts for no other. */
  readonly approval: string | undefined;
  readonly digest: string;
}

export interface RegistryOutcome {
  /** One per object: declared, left as it is, withdrawn, kept or refused. */
  readonly results: readonly ObjectResult[];
  /** A sentence about the mass removal that waits for a person's yes. */
  readonly awaiting?: string;
}

/** Throws TableUnavailable and QueueUnavailable; whatever is wrong with an object is in its result. */
export const registerObjects = async (request: RegistryRequest, world: RegistryWorld): Promise<RegistryOutcome> => {
  const parent = parentOf(request.parent, world.installation);
  // Most Applications declare nothing and never did: one small look says so.
  if (request.manifests.length === 0 && !parent.isControl && (await childrenOf(world.table, parent.name)).length === 0)
    return { results: [] };
  const known = await readKnown(parent, request.manifests, world);
  const plan = planRegistry({
    parent,
    manifests: request.manifests,
    prune: request.prune,
    approved: request.approval === request.digest,
    ...known,
    clusterOf: (destination, declared) => clusterOf(destination, knownClusters(world.installation, declared)),
    digestOf: declarationDigest,
  });
  const results: ObjectResult[] = [];
  for (const step of inSteps(plan.changes))
    results.push(...(await Promise.all(step.map((change) => unlessUnreadable(change, request, world)))));
  return { results, ...(plan.awaiting === undefined ? {} : { awaiting: plan.awaiting }) };
};

/** Changes at a time: a thousand new Applications must not take a thousand round trips one after the other. */
const width = 16;

/** Removals begin when everything that is declared stands, so that a renamed project or cluster is there before the old one goes. */
const inSteps = (changes: readonly RegistryChange[]): readonly (readonly RegistryChange[])[] =>
  [changes.filter(({ kind }) => kind !== "withdraw"), changes.filter(({ kind }) => kind === "withdraw")].flatMap((part) =>
    Array.from({ length: Math.ceil(part.length / width) }, (_, step) => part.slice(step * width, (step + 1) * width)),
  );

/** Whether an object of an Application's render goes to the table instead of its cluster. */
export const registryClaims = (manifest: Manifest, application: Application, installation: Installation): boolean =>
  claims(manifest, {
    isControl: parentOf(application, installation).isControl,
    controlNamespace: installation.controlNamespace,
    destination: application.destination,
    onDefaultCluster: isDefaultCluster(application, installation),
  });

const parentOf = (application: Application, { controlRepository, controlNamespace }: Installation): Parent => ({
  name: application.name,
  project: application.project,
  isControl: application.name === controlRepository.name && application.parent === undefined,
  controlName: controlRepository.name,
  controlNamespace,
});

const isDefaultCluster = ({ destination }: Application, installation: Installation): boolean => {
  const known = knownClusters(installation);
  try {
    return clusterOf(destination, known) === clusterOf({ name: "in-cluster", namespace: "" }, known);
  } catch (error) {
    if (error instanceof Failure && error.code === "DestinationUnknown") return false;
    throw error;
  }
};

/** What stands there and cannot be read is told; the others are declared. */
const unlessUnreadable: typeof carryOut = async (change, request, world) => {
  try {
    return await carryOut(change, request, world);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return { key: change.key, action: "unknown", code: "SyncFailed", message: error.message };
  }
};

const carryOut = async (change: RegistryChange, request: RegistryRequest, world: RegistryWorld): Promise<ObjectResult> => {
  const { key } = change;
  switch (change.kind) {
    case "declare": {
      const answer = await declare(change.entry, world);
      if (answer === "leaving") return { key, action: "skipped", code: "SyncFailed", message: stillLeaving(key, request) };
      return { key, action: change.isNew ? "created" : "configured", code: "Synced", ...told(change.note) };
    }
    case "unchanged":
      return { key, action: "unchanged", code: "Synced", ...told(change.note) };
    case "withdraw":
      await withdraw(change.what, world);
      return { key, action: "deleted", code: "Pruned" };
    case "keep":
      return { key, action: "skipped", code: "PruneSkipped", message: change.because };
    case "refuse":
      return { key, action: "unknown", code: "SyncFailed", message: change.because };
    case "unsupported":
      return { key, action: "skipped", code: "SyncFailed", message: change.because };
    default:
      return assertNever(change);
  }
};

const told = (note: string): { readonly message?: string } => (note === "" ? {} : { message: note });

/** An automated parent is woken for it; of another one nobody knows whether it should act by then. */
const stillLeaving = ({ name }: ResourceKey, { parent }: RegistryRequest): string =>
  parent.syncPolicy.automated
    ? `Application ${name} is still being removed; it is declared again as soon as it is gone`
    : `Application ${name} is still being removed; sync ${parent.name} again when it is gone`;

const declare = async (entry: RegistryEntry, { table, clock, pushes }: RegistryWorld): Promise<"declared" | "leaving"> => {
  switch (entry.kind) {
    case "Application": {
      const { application, cluster, operation } = entry;
      const answer = await declareApplication(table, { application, cluster, at: clock.now(), ...(operation && { operation }) });
      if (answer === "declared")
        await pushes.send([{ body: { v: 1, kind: "application", application: application.name }, group: application.project }]);
      return answer;
    }
    case "AppProject":
      await writeProject(table, entry.project);
      return "declared";
    case "Cluster":
      await writeClusterRecord(table, entry.cluster);
      return "declared";
    case "Customizations":
      await writeCustomizations(table, entry.customizations);
      return "declared";
    default:
      return assertNever(entry);
  }
};

/** An Application is only told that it has to go: its own sync deletes its objects and then the declaration. */
const withdraw = async (what: Withdrawal, { table, clock, syncs }: RegistryWorld): Promise<void> => {
  switch (what.kind) {
    case "Application":
      await withdrawApplication(table, what.name, what.how, clock.now());
      return syncs.send([{ body: { v: 1, application: what.name }, group: what.project }]);
    case "AppProject":
      return deleteProject(table, what.name);
    case "Cluster":
      return deleteClusterRecord(table, what.name);
    case "Customizations":
      return deleteCustomizations(table);
    default:
      return assertNever(what);
  }
};
