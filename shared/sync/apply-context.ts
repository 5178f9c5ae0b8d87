import { driftWishes } from "../argocd/drift-annotations.ts";
import { includesMutationWebhook } from "../diff/compare-options.ts";
import { differencesBetween } from "../diff/field-changes.ts";
import { fieldManager } from "../diff/field-manager.ts";
import { fingerprintOf } from "../diff/fingerprint.ts";
import { ignoring } from "../diff/ignore-rules.ts";
import { applyEntryOf } from "../diff/managed-fields.ts";
import { respectIgnored } from "../diff/respect-ignored.ts";
import { type Claim, claimOf } from "../diff/tracking.ts";
import type { Application } from "../model/application.ts";
import type { Customizations } from "../model/customizations.ts";
import type { Inventory } from "../model/inventory.ts";
import type { Manifest } from "../model/manifest.ts";
import { defaultPeoplesTools } from "../model/peoples-tools.ts";
import { formatKey, keyOf } from "../model/resource-key.ts";
import type { Tracking } from "../model/tracking.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Cluster, LiveObject } from "../ports/cluster.ts";
import type { Table } from "../ports/table.ts";
import { readApplications } from "../state/applications.ts";
import { readInventories } from "../state/inventories.ts";
import type { ApplyContext } from "./apply.ts";
import type { SyncWorld } from "./ports.ts";

export interface ApplySubject {
  readonly application: Application;
  readonly cluster: Cluster;
  readonly live: ReadonlyMap<string, LiveObject>;
  readonly inventory: Inventory;
  readonly customizations: Customizations;
  readonly optionsOf: ApplyContext["optionsOf"];
  /** A person asked for it. */
  readonly requested: boolean;
}

/** How this Application's objects are compared, and whose the live ones are. */
export const applyContext = async (
  { application, cluster, live, inventory, customizations, optionsOf, requested }: ApplySubject,
  world: Pick<SyncWorld, "table" | "artifacts" | "fingerprintKey" | "peoplesTools" | "jq">,
): Promise<ApplyContext> => {
  const key = await world.fingerprintKey();
  const { peoplesTools = defaultPeoplesTools } = world;
  const ignored = ignoring({ application, customizations, jq: world.jq });
  return {
    application: application.name,
    cluster,
    optionsOf,
    sentOver: (desired, found) =>
      optionsOf(desired).respectIgnoreDifferences ? respectIgnored(desired, found, ignored, fieldManager) : desired,
    rulesFor: (object) => ignored.rulesFor?.(object),
    fingerprint: (object) => fingerprintOf(object, { fieldManager, key, peoplesTools, ignored: ignored(object) }),
    differences: (desired, found) =>
      differencesBetween(desired, found, { fieldManager, ignored, includeMutationWebhook: includesMutationWebhook(application, found) }),
    unfit: (object) => ignored(object).unfit ?? [],
    ownerOf: await ownersOf(application.name, live, customizations.tracking, world),
    foreign: {
      heals: requested || driftWishes(application).mode !== "report",
      known: (name) => inventory.get(name),
      options: (object, since) => ({ fieldManager, tools: peoplesTools, since, ignored: ignored(object) }),
    },
  };
};

/** Whose a live object is, where it is another's; undefined where it is free. */
export type OwnerOf = (object: Manifest) => string | undefined;

/**
 * Whose a live object is, where it is not this Application's. An id of its own names the owner: but an Application that we applied it for and
 * that is gone, renamed for instance, owns nothing any more; one that we never knew may be another tool's, and does. A label, or a mark of
 * another tracking method, may be a copy: there the Application that it names has to have that very object in its inventory.
 */
export const ownersOf = async (
  application: string,
  live: ReadonlyMap<string, LiveObject>,
  tracking: Tracking,
  { table, artifacts }: OwnersWorld,
): Promise<OwnerOf> => {
  const claims = [...live.values()].flatMap((found) => (found.state === "found" ? [claimOf(found.object, tracking)] : []));
  const others = [...new Set(claims.flatMap(namesIn))].filter((name) => name !== application);
  const known = new Set(others.length === 0 ? [] : (await readApplications(table, others)).map(({ name }) => name));
  const hinted = [...new Set(claims.flatMap(({ hints }) => hints))].filter((name) => known.has(name));
  const inventories = hinted.length === 0 ? new Map() : await readInventories(table, artifacts, hinted);
  const [asked, gone] = [new Set(others), new Set(others).difference(known)];
  const owns = (name: string, object: Manifest): boolean => {
    // One that nobody named when we looked may own it by now.
    if (!asked.has(name)) return true;
    return known.has(name) && inventories.get(name)?.get(formatKey(keyOf(object)))?.uid === object.metadata.uid;
  };
  return (object) => {
    const { tracker, elsewhere, hints } = claimOf(object, tracking);
    if (elsewhere !== undefined) return elsewhere;
    if (tracker === undefined) return hints.find((name) => name !== application && owns(name, object));
    if (tracker === application) return undefined;
    return gone.has(tracker) && applyEntryOf(object, fieldManager) !== undefined ? undefined : tracker;
  };
};

type OwnersWorld = { readonly table: Table; readonly artifacts: Artifacts };

const namesIn = ({ tracker, hints }: Claim): readonly string[] => (tracker === undefined ? hints : [tracker]);
