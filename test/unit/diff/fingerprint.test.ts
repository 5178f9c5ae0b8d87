import { describe, expect, it } from "vitest";
import { fingerprintOf } from "../../../shared/diff/fingerprint.ts";
import { stillStands } from "../../../shared/diff/stands.ts";
import type { ManagedFieldsEntry, Manifest } from "../../../shared/model/manifest.ts";
import { keyOf } from "../../../shared/model/resource-key.ts";
import { deployment, ourEntry, ourFields } from "./builders.ts";

const options = { fieldManager: "fairlead", key: "key" };
const print = (object: Manifest, more = {}): string => fingerprintOf(object, { ...options, ...more });
const applied = print(deployment());
const byKubectl = (manager: string, fieldsV1: object): ManagedFieldsEntry => ({
  manager,
  operation: "Update",
  apiVersion: "apps/v1",
  fieldsV1: { ...fieldsV1 },
});

describe("a fingerprint", () => {
  it("stays the same when a controller writes status, defaults or annotations, and when nothing of ours is new", () => {
    const controller = { manager: "kube-controller-manager", operation: "Update", subresource: "status", fieldsV1: { "f:status": {} } };
    const byHand = { manager: "kubectl-edit", operation: "Update", subresource: "status", fieldsV1: { "f:status": {} } };
    expect(print(deployment({ entries: [byHand, ourEntry] }))).toBe(applied);
    expect(print({ ...deployment(), status: { replicas: 1 } })).toBe(applied);
    expect(print(deployment({ spec: { revisionHistoryLimit: 3 } }))).toBe(applied);
    expect(print(deployment({ entries: [controller, ourEntry] }))).toBe(applied);
    expect(print(deployment({ metadata: { resourceVersion: "11" } }))).toBe(applied);
    expect(print(deployment({ entries: [{ ...ourEntry, time: "2026-02-02T00:00:00Z" }] }))).toBe(applied);
    expect(
      print(
        deployment({
          containers: [
            { name: "side", image: "side:1" },
            { name: "web", image: "web:1" },
          ],
        }),
      ),
    ).toBe(applied);
  });

  it.each([
    ["a value of ours moves", deployment({ replicas: 5 })],
    ["an item of ours is gone", deployment({ containers: [] })],
    ["our entry lost a field", deployment({ entries: [{ ...ourEntry, fieldsV1: { "f:metadata": ourFields["f:metadata"] } }] })],
    ["our entry is gone", deployment({ entries: [] })],
    ["a tool of people's owns something", deployment({ entries: [ourEntry, byKubectl("kubectl-edit", { "f:spec": { "f:paused": {} } })] })],
    ["the object is another one", deployment({ metadata: { uid: "u-2" } })],
  ])("changes when %s", (_, object) => expect(print(object)).not.toBe(applied));

  it("changes with a value that a person's tool wrote, and not with a controller's", () => {
    const limit = { "f:spec": { "f:revisionHistoryLimit": {} } };
    const [person, controller] = [byKubectl("kubectl-patch", limit), byKubectl("some-operator", limit)];
    const owned = (entry: ManagedFieldsEntry, revisionHistoryLimit: number) =>
      print(deployment({ entries: [ourEntry, entry], spec: { revisionHistoryLimit } }));
    expect(owned(person, 3)).not.toBe(owned(person, 4));
    expect(owned(controller, 3)).toBe(owned(controller, 4));
  });

  it("takes the list of people's tools as a setting, by whole name or prefix", () => {
    const entry = byKubectl("house-tool-v2", { "f:spec": { "f:paused": {} } });
    expect(print(deployment({ entries: [ourEntry, entry] }))).toBe(applied);
    const peoplesTools = ["house-tool"];
    expect(print(deployment({ entries: [ourEntry, entry] }), { peoplesTools })).not.toBe(applied);
    expect(print(deployment({ entries: [ourEntry, byKubectl("house-tools", {})] }), { peoplesTools })).toBe(applied);
  });

  it("cannot be computed without the key (S-01)", () => {
    expect(fingerprintOf(deployment(), { ...options, key: "another" })).not.toBe(applied);
    expect(applied).toMatch(/^[0-9a-f]{64}$/);
  });

  it("leaves ignored fields out: by pointer, inside a value, by manager", () => {
    const pointers = { ignored: { pointers: ["/spec/replicas"], managers: [] } };
    expect(print(deployment({ replicas: 5 }), pointers)).toBe(print(deployment(), pointers));
    expect(print(deployment({ replicas: 5, labels: {} }), pointers)).not.toBe(print(deployment(), pointers));

    const scaler = byKubectl("keda", { "f:spec": { "f:replicas": {} } });
    const managers = { ignored: { pointers: [], managers: ["keda"] } };
    const scaled = (replicas: number) => print(deployment({ replicas, entries: [ourEntry, scaler] }), managers);
    expect(scaled(5)).toBe(scaled(2));
  });

  it("stays the same when a person's tool took over nothing but ignored fields", () => {
    const ignored = { pointers: ["/spec/replicas"], managers: [] };
    const { "f:replicas": _, ...spec } = ourFields["f:spec"];
    const entries = [
      { ...ourEntry, fieldsV1: { ...ourFields, "f:spec": spec } },
      byKubectl("kubectl-patch", { "f:spec": { "f:replicas": {} } }),
    ];
    expect(print(deployment({ entries, spec: { replicas: 9 } }), { ignored })).toBe(print(deployment(), { ignored }));
  });

  it("leaves an ignored part of an owned whole out", () => {
    const whole = { "f:spec": { "f:selector": {} } };
    const selecting = (matchLabels: object): Manifest => ({
      ...deployment({ entries: [{ ...ourEntry, fieldsV1: whole }] }),
      spec: { selector: { matchLabels: { ...matchLabels } } },
    });
    const ignored = { ignored: { pointers: ["/spec/selector/matchLabels/hash"], managers: [] } };
    expect(print(selecting({ app: "web", hash: "1" }), ignored)).toBe(print(selecting({ app: "web", hash: "2" }), ignored));
    expect(print(selecting({ app: "web", hash: "1" }), ignored)).not.toBe(print(selecting({ app: "api", hash: "1" }), ignored));
  });
});

describe("an object that we applied", () => {
  const { uid = "", resourceVersion = "" } = deployment().metadata;
  const entry = { key: keyOf(deployment()), apiVersion: "apps/v1", uid, resourceVersion, fingerprint: applied };
  const stands = (live: Manifest) => stillStands(entry, live, print);

  it("still stands at the same resourceVersion, without looking further", () => {
    const unlooked = () => {
      throw new Error("looked");
    };
    expect(stillStands(entry, deployment({ replicas: 5 }), unlooked)).toBe(true);
  });

  it("still stands at the same fingerprint, whatever the resourceVersion", () => {
    expect(stands(deployment({ metadata: { resourceVersion: "12" } }))).toBe(true);
  });

  it("does not when our fields moved, or it is another object of that name", () => {
    expect(stands(deployment({ replicas: 5, metadata: { resourceVersion: "12" } }))).toBe(false);
    expect(stands(deployment({ metadata: { uid: "u-2" } }))).toBe(false);
  });
});
