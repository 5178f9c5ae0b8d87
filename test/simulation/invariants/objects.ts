import { trackerOf } from "../../../shared/diff/tracking.ts";
import { isJsonObject } from "../../../shared/model/json.ts";
import { annotationOf, type Manifest } from "../../../shared/model/manifest.ts";
import { parseKey } from "../../../shared/model/resource-key.ts";
import { type ContentObject, kindOf, manifestOf, revAnnotation } from "../content.ts";
import type { Doings } from "../doings.ts";
import type { Report } from "../invariant.ts";
import type { ApplicationPlan } from "../plan.ts";
import type { World } from "../world.ts";
import type { LeftBehind } from "./left-behind.ts";

/** The cluster holds what Git says, all of it and nothing of ours beside it. */
export const checkObjects = (world: World, { byHand }: Doings, leftBehind: LeftBehind, report: Report): void => {
  for (const application of world.plan.applications) {
    const { name, selfHeal } = application;
    const live = liveOf(world, application);
    const content = world.repositories.isWithdrawn(name) ? [] : world.repositories.head(name).filter(({ kind }) => kind !== "Hook");
    for (const object of content) {
      // Where nothing is healed, what people did last stands.
      // A contested one that somebody deleted is nobody's until one of them is synced.
      if ((!selfHeal || object.name === "shared") && namesOf(object, world, name).some((by) => byHand.has(`${by}/${object.name}`)))
        continue;
      const wrong = problemOf(object, live, world, application);
      if (wrong && !isToldAsDrift(world, application)) report("the newest commit stands", `${name}: ${wrong}`);
    }
    const wished = new Set(content.map((object) => `${kindOf(object.kind)} ${object.name}`));
    // A create that arrives after its Application is gone has no next holder who would see it: ARCHITECTURE.md says so.
    const late = world.repositories.isWithdrawn(name) && world.plan.faults.some(({ kind }) => kind === "freeze");
    for (const object of late ? [] : live) {
      if (object.kind === "CustomResourceDefinition" && staysBehind(world, name)) continue;
      if (trackerOf(object) !== name || object.kind === "Job" || wished.has(`${object.kind} ${object.metadata.name}`)) continue;
      // Nobody knows any more whose it was; ARCHITECTURE.md says so, and it was named.
      if (world.repositories.isWithdrawn(name) && leftBehind.has(name, object)) continue;
      report(
        "nothing of an older revision is left",
        `${name}: ${object.kind} ${object.metadata.name} (rev ${annotationOf(object, revAnnotation)}) is no longer in Git`,
      );
    }
    checkInventory(world, name, content, report);
  }
};

/**
 * What a sync did whose record a restore took away looks like what a person did: where nothing is healed it is told, and stays until the next commit
 * (ARCHITECTURE.md).
 */
const isToldAsDrift = ({ restores, store }: World, { name, selfHeal }: ApplicationPlan): boolean =>
  !selfHeal && restores.length > 0 && store.read({ pk: `app#${name}`, sk: "state" })?.syncStatus === "OutOfSync";

/**
 * As Argo CD has it, a withdrawn Application leaves its CRDs: other people's objects would go with them. And what belongs to a whole cluster may be
 * another installation's, so nobody takes it for his own who has lost the table.
 */
const staysBehind = ({ restores, repositories }: World, application: string): boolean =>
  repositories.isWithdrawn(application) || restores.length > 0;

/** Applications whose object it is. */
const namesOf = ({ name }: ContentObject, world: World, application: string): readonly string[] =>
  name === "shared" ? claimants(world) : [application];

const liveOf = ({ clusters }: World, { cluster, namespace }: ApplicationPlan): readonly Manifest[] =>
  (clusters.get(cluster)?.objects() ?? []).filter(
    ({ kind, metadata }) => metadata.namespace === namespace || kind === "CustomResourceDefinition",
  );

const problemOf = (object: ContentObject, live: readonly Manifest[], world: World, application: ApplicationPlan): string | undefined => {
  const what = `${kindOf(object.kind)} ${object.name}`;
  const found = live.find(({ kind, metadata }) => kind === kindOf(object.kind) && metadata.name === object.name);
  if (found === undefined) return `${what} is not there`;
  const tracker = trackerOf(found);
  if (tracker !== application.name && object.name === "shared" && claimants(world).includes(tracker ?? "")) return undefined;
  if (tracker !== application.name) return `${what} is tracked by ${tracker}`;
  const rev = annotationOf(found, revAnnotation);
  if (rev !== String(object.rev)) return `${what} has rev ${rev}, Git has ${object.rev}`;
  const desired = manifestOf(object);
  for (const part of ["data", "spec"])
    if (isJsonObject(desired[part]) && !covers(found[part], desired[part]))
      return `${what} has another ${part}: ${JSON.stringify(found[part])}`;
  return undefined;
};

const claimants = ({ plan }: World): readonly string[] =>
  plan.applications.filter(({ objects }) => objects.some(({ name }) => name === "shared")).map(({ name }) => name);

/** All that is wished for stands there. */
const covers = (live: unknown, desired: unknown): boolean => {
  if (typeof desired !== "object" || desired === null) return live === desired;
  if (typeof live !== "object" || live === null) return false;
  const fields = new Map(Object.entries(live));
  return Object.entries(desired).every(([field, value]) => covers(fields.get(field), value));
};

/** What we own is what we say that we own. */
const checkInventory = ({ store }: World, name: string, content: readonly ContentObject[], report: Report): void => {
  const rows = store.read({ pk: `app#${name}`, sk: "inventory" })?.rows;
  if (!Array.isArray(rows)) return;
  const keys = rows.flatMap((row) => (Array.isArray(row) && typeof row[0] === "string" ? (parseKey(row[0]) ?? []) : []));
  const owned = keys.filter(({ kind }) => kind !== "Job").map(({ kind, name: object }) => `${kind} ${object}`);
  const wished = content.filter((object) => object.name !== "shared").map((object) => `${kindOf(object.kind)} ${object.name}`);
  const missing = wished.filter((each) => !owned.includes(each));
  const beyond = owned.filter((each) => !wished.includes(each) && each !== "ConfigMap shared");
  if (missing.length + beyond.length > 0)
    report(
      "the inventory is what is owned",
      `${name}: missing ${missing.join(", ") || "nothing"}, beyond ${beyond.join(", ") || "nothing"}`,
    );
};
