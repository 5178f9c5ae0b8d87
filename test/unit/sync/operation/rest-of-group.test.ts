import { describe, expect, it } from "vitest";
import type { Applied } from "../../../../shared/sync/apply.ts";
import { differing } from "../../../../shared/sync/operation/act.ts";
import { type Applicable, type Group, restOf } from "../../../../shared/sync/operation/groups.ts";
import { configMap } from "../../../support/sync-world.ts";

const key = (name: string) => ({ group: "", kind: "ConfigMap", namespace: "production", name });
const formatted = (name: string) => `/ConfigMap:production/${name}`;

const change = (kind: Applicable["kind"], name: string): Applicable => {
  const object = { key: key(name), manifest: configMap(name), digest: `digest of ${name}`, bare: configMap(name), wave: 0 };
  if (kind === "create") return { kind, object };
  const live = configMap(name);
  return kind === "configure" ? { kind, object, live, drifted: true } : { kind, object, live };
};
const applied = (name: string, how: { readonly resourceVersion?: string; readonly desired?: string }): Applied => ({
  result: { key: key(name), action: "unchanged", code: "Synced" },
  entry: { key: key(name), apiVersion: "v1", ...how },
});

describe("what is left of a group of which a step had no time to come to the end", () => {
  // No apply takes away what people added: such an object was the first of each step, and no step came further (eighth.7425).
  it("is without what was applied and differs all the same: people added to it, or it is being deleted", () => {
    const done = [
      applied("settled", { resourceVersion: "7", desired: "digest" }),
      applied("added-to", { desired: "digest" }),
      applied("going", { resourceVersion: "8" }),
    ];
    expect(differing(done)).toEqual([formatted("added-to"), formatted("going")]);
    const changes = [
      change("unchanged", "settled"),
      change("configure", "added-to"),
      change("create", "going"),
      change("configure", "next"),
    ];
    const group: Group = { phase: "Sync", wave: 0, prune: [], hooks: [], changes };
    expect(restOf(group, new Set(differing(done))).changes.map(({ object }) => object.key.name)).toEqual(["going", "next"]);
  });
});
