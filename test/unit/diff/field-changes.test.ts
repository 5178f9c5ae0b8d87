import { describe, expect, it } from "vitest";
import { differencesBetween } from "../../../shared/diff/field-changes.ts";
import { maskSecret } from "../../../shared/diff/mask.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { deployment, ourEntry } from "./builders.ts";

const options = { fieldManager: "fairlead" };
/** Whoever a field belongs to: how whole objects are walked is what most of these are about. */
const changes = (predicted: Manifest, live: Manifest, ignored = { pointers: ["/status"], managers: [] as string[] }) =>
  differencesBetween(predicted, live, { ...options, ignored, includeMutationWebhook: true });
const paths = (predicted: Manifest, live: Manifest) => changes(predicted, live).map(({ path }) => path);
const edited = (manager: string, time: string, fieldsV1: object, subresource?: string) => ({
  manager,
  operation: "Update",
  time,
  fieldsV1: { ...fieldsV1 },
  ...(subresource && { subresource }),
});

describe("the fields in which a live object differs from the prediction", () => {
  it("are none when only the server's own bookkeeping differs", () => {
    const live = { ...deployment({ metadata: { resourceVersion: "99", uid: "u-9" }, entries: [] }), status: { replicas: 0 } };
    expect(changes(deployment(), live)).toEqual([]);
  });

  it("are named with both values", () => {
    expect(changes(deployment(), deployment({ replicas: 5 }))).toEqual([{ path: "spec.replicas", desired: "2", live: "5" }]);
  });

  it("are named by the key of their list's item, as either side's managedFields know it", () => {
    const live = deployment({
      containers: [
        { name: "side", image: "s:1" },
        { name: "web", image: "web:2" },
      ],
    });
    expect(changes(deployment(), live)).toEqual([
      { path: "spec.template.spec.containers[name=web].image", desired: '"web:1"', live: '"web:2"' },
      { path: "spec.template.spec.containers[name=side]", live: '{"name":"side","image":"s:1"}' },
    ]);
    expect(paths(deployment(), { ...live, metadata: { ...live.metadata, managedFields: [] } })).toHaveLength(2);
  });

  it("are the whole list where nobody knows its keys", () => {
    const bare = (image: string) => deployment({ entries: [], containers: [{ name: "web", image }] });
    expect(paths(bare("web:1"), bare("web:2"))).toEqual(["spec.template.spec.containers"]);
  });

  it("are told by each field when a whole map went, and an empty map is something too", () => {
    const { labels: _, ...metadata } = deployment().metadata;
    expect(changes(deployment(), { ...deployment(), metadata })).toEqual([{ path: "metadata.labels.app", desired: '"web"' }]);
    const withVolume = (emptyDir: object | undefined): Manifest => ({
      ...deployment(),
      spec: { volume: { ...(emptyDir && { emptyDir: {} }) } },
    });
    expect(changes(withVolume({}), withVolume(undefined))).toEqual([{ path: "spec.volume.emptyDir", desired: "{}" }]);
  });

  it("are the order of a keyed list when nothing else differs", () => {
    const [a, b] = [
      { name: "a", image: "1" },
      { name: "b", image: "2" },
    ];
    const [change] = changes(deployment({ containers: [a, b] }), deployment({ containers: [b, a] }));
    expect(change).toEqual({ path: "spec.template.spec.containers", desired: '["[name=a]","[name=b]"]', live: '["[name=b]","[name=a]"]' });
  });

  it("are members of a set", () => {
    const entry = { ...ourEntry, fieldsV1: { "f:metadata": { "f:finalizers": { 'v:"x/a"': {} } } } };
    const held = (finalizers: readonly string[]): Manifest => ({
      ...deployment(),
      metadata: { name: "web", finalizers, managedFields: [entry] },
    });
    expect(changes(held(["x/a"]), held(["x/b"]))).toEqual([
      { path: "metadata.finalizers[=x/a]", desired: '"x/a"' },
      { path: "metadata.finalizers[=x/b]", live: '"x/b"' },
    ]);
  });

  it("cannot forge lines or turn text round (K-13)", () => {
    const [change] = changes(deployment({ labels: { "app\u202e": "web" } }), deployment({ labels: { "app\u202e": "a\u2028b\nc\u009b" } }));
    expect(change).toMatchObject({ path: 'metadata.labels["app "]', live: '"a b\\nc "' });
  });

  it("are shortened where a value is long", () => {
    const [change] = changes(deployment({ labels: { app: "x".repeat(1_000) } }), deployment());
    expect(change?.desired?.length).toBeLessThan(310);
  });
});

describe("who moved a field", () => {
  const replicas = { "f:spec": { "f:replicas": {} } };

  it("is the latest manager that owns it now, with the time, and never we or a status", () => {
    const entries = [
      ourEntry,
      edited("kubectl-edit", "2026-03-01T00:00:00Z", replicas),
      edited("kubectl-patch", "2026-03-02T00:00:00Z", replicas),
      edited("controller", "2026-03-03T00:00:00Z", replicas, "status"),
      edited("kubectl-label", "2026-03-04T00:00:00Z", { "f:metadata": {} }),
    ];
    expect(changes(deployment(), deployment({ replicas: 5, entries }))).toMatchObject([
      { manager: "kubectl-patch", time: "2026-03-02T00:00:00Z" },
    ]);
  });

  it("is known without a time after kubectl scale", () => {
    const entries = [{ manager: "kubectl", operation: "Update", subresource: "scale", fieldsV1: replicas }];
    const [change] = changes(deployment(), deployment({ replicas: 5, entries }));
    expect(change).toEqual({ path: "spec.replicas", desired: "2", live: "5", manager: "kubectl" });
  });

  it("is who owns a whole that contains it", () => {
    const entries = [edited("kubectl-replace", "2026-03-01T00:00:00Z", { "f:spec": {} })];
    expect(changes(deployment(), deployment({ replicas: 5, entries }))).toMatchObject([{ manager: "kubectl-replace" }]);
  });

  it("is nobody for an entry that owns nothing at all", () => {
    const [change] = changes(deployment(), deployment({ replicas: 5, entries: [edited("empty", "2026-03-01T00:00:00Z", {})] }));
    expect(change).not.toHaveProperty("manager");
  });
});

describe("ignored fields", () => {
  it("are not told: by pointer, below one, in an item's place, by manager", () => {
    const live = deployment({ replicas: 5, containers: [{ name: "web", image: "web:2" }] });
    expect(changes(deployment(), live, { pointers: ["/spec"], managers: [] })).toEqual([]);
    expect(changes(deployment(), live, { pointers: ["/spec/replicas", "/spec/template/spec/containers/0/image"], managers: [] })).toEqual(
      [],
    );
    const entries = [ourEntry, edited("hpa", "2026-03-01T00:00:00Z", { "f:spec": { "f:replicas": {} } })];
    expect(changes(deployment(), deployment({ replicas: 5, entries }), { pointers: [], managers: ["hpa"] })).toEqual([]);
    expect(changes(deployment(), live, { pointers: ["/spec/repl"], managers: [] })).toHaveLength(2);
  });

  it("have their slashes escaped as RFC 6901 says", () => {
    const labelled = (value: string) => deployment({ labels: { "example.org/a~b": value } });
    expect(changes(labelled("1"), labelled("2"), { pointers: ["/metadata/labels/example.org~1a~0b"], managers: [] })).toEqual([]);
  });
});

describe("a Secret's values (S-01)", () => {
  const secret = (data: Record<string, string>, annotations: Record<string, string> = {}): Manifest => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "db", annotations },
    data,
    type: "Opaque",
  });
  const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

  it("look equal when they are equal, different when they differ, and cannot be read", () => {
    const found = changes(secret({ a: "b2xk", b: "c2FtZQ==", c: "b2xk" }), secret({ a: "bmV3", b: "c2FtZQ==", c: "bmV3", d: "bmV3" }));
    expect(found.map(({ path }) => path)).toEqual(["data.a", "data.c", "data.d"]);
    const [a, c, d] = found;
    expect(a?.desired).toBe(c?.desired);
    expect(a?.live).toBe(c?.live);
    expect(d?.live).toBe(a?.live);
    expect(a?.live).not.toBe(a?.desired);
    expect(JSON.stringify(found)).not.toMatch(/b2xk|bmV3|c2FtZQ/);
  });

  it("stay hidden when the whole data went, and in annotations that repeat them", () => {
    const { data: _, ...empty } = secret({});
    expect(JSON.stringify(changes(secret({ a: "b2xk" }), empty))).not.toContain("b2xk");
    const found = changes(secret({}, { [lastApplied]: '{"data":{"a":"b2xk"}}' }), secret({}, { [lastApplied]: '{"data":{"a":"bmV3"}}' }));
    expect(found).toHaveLength(1);
    expect(JSON.stringify(found)).not.toMatch(/b2xk|bmV3/);
  });

  it("leave type and labels readable", () => {
    expect(changes(secret({}), { ...secret({}), type: "kubernetes.io/tls" })).toEqual([
      { path: "type", desired: '"Opaque"', live: '"kubernetes.io/tls"' },
    ]);
  });

  it("look equal in data and in stringData", () => {
    const { data, stringData } = maskSecret({ ...secret({ a: "b2xk", b: "bmV3" }), stringData: { c: "old", d: "other" } });
    expect(data).toEqual({ a: "<hidden 1>", b: "<hidden 2>" });
    expect(stringData).toEqual({ c: "<hidden 1>", d: "<hidden 3>" });
  });

  it("stay hidden whatever their form: no text, no map, whole maps, added items, more than one annotation", () => {
    const odd: Manifest = { ...secret({}), data: { a: ["hunter2", { b: "hunter2" }] }, stringData: "hunter2" };
    const plain = {
      ...secret({}),
      data: "hunter2",
      metadata: { name: "db", annotations: { [lastApplied]: "hunter2", other: "is hunter2" } },
    };
    for (const [predicted, live] of [
      [odd, secret({})],
      [secret({}), odd],
      [plain, secret({ a: "b" })],
      [odd, plain],
    ] as const) {
      const found = changes(predicted, live);
      expect(found).not.toEqual([]);
      expect(JSON.stringify(found)).not.toContain("hunter2");
    }
  });
});
