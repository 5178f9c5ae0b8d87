import { fieldManager } from "../../diff/field-manager.ts";
import { applyDeclared } from "../../diff/undeclared-fields.ts";
import { assertNever } from "../../model/failure.ts";
import { isJsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { ObjectResult } from "../../model/operation.ts";
import { describeKey, groupOf, type ResourceKey } from "../../model/resource-key.ts";
import { sideBySide } from "../../model/side-by-side.ts";
import type { ApplyAnswer, Cluster } from "../../ports/cluster.ts";
import type { Lease } from "../../state/leases.ts";
import type { StepTime } from "../step-time.ts";
import type { Group } from "./groups.ts";

export interface PreflightContext {
  readonly cluster: Cluster;
  readonly lease: Pick<Lease, "keep">;
  /** Objects that are not asked about: deleted and created anew, say, so that what the server says of a change does not count. */
  readonly exempt: (manifest: Manifest) => boolean;
  readonly sentOver: (desired: Manifest, live: Manifest) => Manifest;
  /** Kinds that the server does not serve are no error: something of this operation brings them. */
  readonly mayBeMissing: (manifest: Manifest) => boolean;
  /** Fields that the server does not know are an error. */
  readonly validates: (manifest: Manifest) => boolean;
  /** Nothing is written afterwards that would ask for itself. */
  readonly only?: boolean;
  readonly time: StepTime;
  /** So many were asked about by earlier steps. */
  readonly from?: number | undefined;
}

export interface Preflight {
  readonly refused: readonly ObjectResult[];
  /** The step's time was up when so many had been asked about; absent when all have been. */
  readonly asked?: number;
}

interface Write {
  readonly key: ResourceKey;
  readonly manifest: Manifest;
  readonly before: Manifest | undefined;
  /** `elsewhere`: its namespace comes with this operation, so what can be said of it is said in another one. */
  readonly how: "apply" | "create" | "elsewhere";
  /** Objects of its kind are deleted before it: what they hold is free by then. */
  readonly isFollowing: boolean;
  /** The CRD of its kind changes before it: what the server knows of that kind now may be too little. */
  readonly isRedefined: boolean;
}

/** More than the cluster's connection takes at once. */
const width = 64;

/**
 * A server-side dry run of all that an operation would write, before the first write: what admission or an immutable field would refuse stops it with
 * nothing changed. Of objects in namespaces that this operation brings itself only the schema can be checked. Not checked is what cannot be: kinds
 * that it brings or changes, places that what it deletes before still holds, and what an admission webhook cannot judge without side effects. A single
 * write is its own dry run.
 */
export const preflight = async (groups: readonly Group[], context: PreflightContext): Promise<Preflight> => {
  const writes = groups.flatMap((group, index) => writesOf(group, groups.slice(0, index + 1)));
  if (writes.length < 2 && !context.only) return { refused: [] };
  const coming = writes.filter(({ before }) => before === undefined);
  const namespaces = new Set(coming.flatMap(({ key }) => (key.kind === "Namespace" && key.group === "" ? [key.name] : [])));
  const kinds = new Set(coming.flatMap(({ manifest }) => kindOfCrd(manifest)));
  const changing = new Set(writes.flatMap(({ before, manifest }) => (before === undefined ? [] : kindOfCrd(manifest))));
  const names = new Set(coming.map(({ key }) => key.name));
  const checkable = writes
    .filter(({ key, manifest }) => !kinds.has(`${key.group}/${key.kind}`) && !context.exempt(manifest))
    .map((write) => ({ ...write, isRedefined: changing.has(`${write.key.group}/${write.key.kind}`) }))
    .map((write) => (namespaces.has(write.key.namespace) ? { ...write, how: "elsewhere" as const } : write));
  const { from = 0, time } = context;
  const ask = async (write: Write) => {
    await context.lease.keep();
    return { write, answer: await dryRun(write, context) };
  };
  const answers = await sideBySide(checkable.slice(from), width, ask, time.mayBegin);
  const asked = from + answers.length;
  const refused = answers.flatMap(({ write, answer }) => {
    if (answer.state !== "refused" || !isDenial(write, answer, names, context)) return [];
    const message = `${describeKey(write.key)}: ${answer.message}`;
    return [{ key: write.key, action: "unknown" as const, code: "SyncFailed" as const, message }];
  });
  return { refused, ...(asked < checkable.length && { asked }) };
};

/** `until`: all groups up to this one, whose prunes come first. */
const writesOf = ({ changes, hooks }: Group, until: readonly Group[]): readonly Write[] => {
  const pruned = until.flatMap(({ prune }) => prune.map(({ entry }) => entry.key));
  const flags = ({ group, kind }: ResourceKey) => ({
    isFollowing: pruned.some((each) => each.group === group && each.kind === kind),
    isRedefined: false,
  });
  return [
    ...hooks.map(({ key, manifest }) => ({ key, manifest, before: undefined, how: "create" as const, ...flags(key) })),
    ...changes.flatMap((change): readonly Write[] => {
      if (change.kind === "unchanged") return [];
      const { key, manifest } = change.object;
      return [{ key, manifest, before: change.kind === "configure" ? change.live : undefined, how: "apply", ...flags(key) }];
    }),
  ];
};

const kindOfCrd = (manifest: Manifest): readonly string[] => {
  if (manifest.kind !== "CustomResourceDefinition" || groupOf(manifest.apiVersion) !== "apiextensions.k8s.io") return [];
  const { spec } = manifest;
  return isJsonObject(spec) && isJsonObject(spec.names) ? [`${spec.group}/${spec.names.kind}`] : [];
};

const dryRun = ({ manifest, before, how }: Write, { cluster, validates, sentOver }: PreflightContext): Promise<ApplyAnswer> => {
  const validate = validates(manifest);
  switch (how) {
    case "create":
      return cluster.create(manifest, { fieldManager, dryRun: true, validate });
    case "apply":
      // Not bound to what was looked at: a status that moved meanwhile would be a conflict, and say nothing.
      return applyDeclared(cluster, before ? sentOver(manifest, before) : manifest, { fieldManager, force: true, dryRun: true, validate });
    case "elsewhere":
      return cluster.create(inDefault(manifest), { fieldManager, dryRun: true, validate: false });
    default:
      return assertNever(how);
  }
};

/** The one namespace that every cluster has. */
const inDefault = (manifest: Manifest): Manifest => ({ ...manifest, metadata: { ...manifest.metadata, namespace: "default" } });

/** Whether a refusal of the dry run would be one of the real write, too. */
const isDenial = (
  { manifest, how, isFollowing, isRedefined }: Write,
  { reason, message }: Extract<ApplyAnswer, { state: "refused" }>,
  coming: ReadonlySet<string>,
  { mayBeMissing }: PreflightContext,
): boolean => {
  // Policies, quotas and names of another namespace say nothing about this one.
  if (how === "elsewhere") return reason === "Invalid";
  if (reason === "NotFound" && message.startsWith("the cluster serves no ") && mayBeMissing(manifest)) return false;
  // Only what admission says stands whatever the schema will be. There is no code for either, nor for a port, address, host or quota in use.
  if (isRedefined && !/\bdenied\b/.test(message)) return false;
  if (isFollowing && /\balready\b|exceeded quota/.test(message)) return false;
  // The API server's own words (apiserver, webhook dispatchers); there is no code for it.
  if (message.includes("does not support dry run")) return false;
  // Such as a Pod whose ServiceAccount this very operation creates before it: admission names what it did not find, and nothing but words say so.
  const missed = [...message.matchAll(/"([^"]+)" not found|no \w+ with name "?([^\s"]+)/gi)].map(
    ([, quoted, plain]) => quoted ?? plain ?? "",
  );
  return !missed.some((name) => coming.has(name) || coming.has(name.split("/").at(-1) ?? name));
};
