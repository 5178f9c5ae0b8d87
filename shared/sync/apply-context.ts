import { driftWishes } from "../argocd/drift-annotations.ts";
import { includesMutationWebhook } from "../diff/compare-options.ts";
import { differencesBetween } from "../diff/field-changes.ts";
import { fieldManager } from "../diff/field-manager.ts";
import { fingerprintOf } from "../diff/fingerprint.ts";
import { ignoring } from "../diff/ignore-rules.ts";
import { applyEntryOf } from "../diff/managed-fields.ts";
import { respectIgnored } from "../diff/respect-ignored.ts";
import { trackerOf } from "../diff/tracking.ts";
import type { Application } from "../model/application.ts";
import type { Customizations } from "../model/customizations.ts";
import type { Inventory } from "../model/inventory.ts";
import type { Manifest } from "../model/manifest.ts";
import { defaultPeoplesTools } from "../model/peoples-tools.ts";
import type { Cluster, LiveObject } from "../ports/cluster.ts";
import type { Table } from "../ports/table.ts";
import { readApplications } from "../state/applications.ts";
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
  world: Pick<SyncWorld, "table" | "fingerprintKey" | "peoplesTools" | "jq">,
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
    fingerprint: (object) => fingerprintOf(object, { fieldManager, key, peoplesTools, ignored: ignored(object) }),
    differences: (desired, found) =>
      differencesBetween(desired, found, { fieldManager, ignored, includeMutationWebhook: includesMutationWebhook(application, found) }),
    unfit: (object) => ignored(object).unfit ?? [],
    ownerOf: await ownersOf(application.name, live, world.table),
    foreign: {
      heals: requested || driftWishes(application).mode !== "report",
      known: (name) => inventory.get(name),
      options: (object, since) => ({ fieldManager, tools: peoplesTools, since, ignored: ignored(object) }),
    },
  };
};

/**
 * Whose a live object is, where it is not this Application's. An Application that we applied it for and that is gone, renamed for instance, owns
 * nothing any more; one that we never knew may be another tool's, and does.
 */
export const ownersOf = async (
  application: string,
  live: ReadonlyMap<string, LiveObject>,
  table: Table,
): Promise<(object: Manifest) => string | undefined> => {
  const trackers = [...live.values()].flatMap((found) => (found.state === "found" ? (trackerOf(found.object) ?? []) : []));
  const others = [...new Set(trackers)].filter((name) => name !== application);
  const known = others.length === 0 ? [] : await readApplications(table, others);
  const gone = new Set(others).difference(new Set(known.map(({ name }) => name)));
  return (object) => {
    const tracker = trackerOf(object);
    if (tracker === undefined || tracker === application) return undefined;
    return gone.has(tracker) && applyEntryOf(object, fieldManager) !== undefined ? undefined : tracker;
  };
};
