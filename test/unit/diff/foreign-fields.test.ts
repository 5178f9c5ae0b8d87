import { describe, expect, it } from "vitest";
import { foreignFields } from "../../../shared/diff/foreign-fields.ts";
import type { JsonObject } from "../../../shared/model/json.ts";
import type { ManagedFieldsEntry } from "../../../shared/model/manifest.ts";
import { deployment, ourEntry } from "./builders.ts";

const since = "2026-01-01T00:00:00Z";
const later = "2026-01-02T00:00:00Z";
const by = (manager: string, fieldsV1: JsonObject, more: Partial<ManagedFieldsEntry> = {}): ManagedFieldsEntry => ({
  manager,
  operation: "Update",
  apiVersion: "apps/v1",
  time: later,
  fieldsV1,
  ...more,
});
const containers = (below: JsonObject) => ({ "f:spec": { "f:template": { "f:spec": { "f:containers": below } } } });
const side = { name: "side", image: "side:1" };
const owning = { ".": {}, "f:name": {}, "f:image": {} };
const web = { name: "web", image: "web:1" };
const label = { "f:metadata": { "f:labels": { "f:owner": {} } } };
const foreign = (object: ReturnType<typeof deployment>, change: object = {}) =>
  foreignFields(object, { fieldManager: "fairlead", since, ...change });
const labelled = (entry: ManagedFieldsEntry) => deployment({ labels: { app: "web", owner: "me" }, entries: [ourEntry, entry] });

describe("what a person's tool added to an object of ours", () => {
  it("is a container, as a whole, with who added it and when", () => {
    const object = deployment({
      containers: [web, side],
      entries: [ourEntry, by("kubectl-edit", containers({ 'k:{"name":"side"}': owning }))],
    });
    expect(foreign(object)).toEqual({
      fields: [
        {
          path: "spec.template.spec.containers[name=side]",
          live: '{"name":"side","image":"side:1"}',
          manager: "kubectl-edit",
          time: later,
        },
      ],
      patch: [{ op: "remove", path: "/spec/template/spec/containers/1" }],
    });
  });

  it("is a label beside ours", () => {
    const { fields, patch } = foreign(labelled(by("kubectl-label", label)));
    expect(fields).toMatchObject([{ path: "metadata.labels.owner", live: '"me"', manager: "kubectl-label" }]);
    expect(patch).toEqual([{ op: "remove", path: "/metadata/labels/owner" }]);
  });

  it("is removed from the end of a list first, so that no other item moves", () => {
    const more = { name: "more", image: "more:1" };
    const entries = [ourEntry, by("k9s", containers({ 'k:{"name":"more"}': owning, 'k:{"name":"side"}': owning }))];
    const { fields, patch } = foreign(deployment({ containers: [more, web, side], entries }));
    expect(patch.map(({ path }) => path)).toEqual(["/spec/template/spec/containers/2", "/spec/template/spec/containers/0"]);
    expect(fields.map(({ path }) => path)).toEqual([
      "spec.template.spec.containers[name=more]",
      "spec.template.spec.containers[name=side]",
    ]);
  });

  it("is a map or list that only it made, not an empty one left behind", () => {
    const entry = by("kubectl-edit", containers({ 'k:{"name":"web"}': { "f:resources": { ".": {}, "f:limits": {} } } }));
    const ours = { ...ourEntry, fieldsV1: containers({ 'k:{"name":"web"}': { "f:image": {} } }) };
    const { patch } = foreign(deployment({ containers: [{ ...web, resources: { limits: {} } }], entries: [ours, entry] }));
    expect(patch).toEqual([{ op: "remove", path: "/spec/template/spec/containers/0/resources" }]);
  });

  it("is each annotation by its name: all of them were named as one until a controller had added its own", () => {
    const annotations = { note: "hello", other: "you" };
    const entries = [
      ourEntry,
      by("kubectl-annotate", { "f:metadata": { "f:annotations": { ".": {}, "f:note": {} } } }),
      by("kubectl-edit", { "f:metadata": { "f:annotations": { "f:other": {} } } }),
    ];
    const object = { ...deployment({ entries }), metadata: { ...deployment({ entries }).metadata, annotations } };
    expect(foreign(object).patch.map(({ path }) => path)).toEqual(["/metadata/annotations/note", "/metadata/annotations/other"]);
  });

  it("is a field inside an item of ours, whose key stays", () => {
    const entry = by("kubectl-edit", containers({ 'k:{"name":"web"}': { ".": {}, "f:name": {}, "f:tty": {} } }));
    const ours = { ...ourEntry, fieldsV1: containers({ 'k:{"name":"web"}': { "f:image": {} } }) };
    const { patch } = foreign(deployment({ containers: [{ ...web, tty: "true" }], entries: [ours, entry] }));
    expect(patch).toEqual([{ op: "remove", path: "/spec/template/spec/containers/0/tty" }]);
  });

  it("can be asked for with another list of tools", () => {
    expect(foreign(labelled(by("house-tool-fix", label))).patch).toEqual([]);
    expect(foreign(labelled(by("house-tool-fix", label)), { tools: ["house-tool"] }).patch).toHaveLength(1);
    expect(foreign(labelled(by("kubectl-label", label)), { tools: ["house-tool"] }).patch).toEqual([]);
  });

  it("in a Secret is named without its value", () => {
    const { spec: _, ...rest } = deployment({
      entries: [{ ...ourEntry, fieldsV1: { "f:type": {} } }, by("kubectl-patch", { "f:data": { ".": {}, "f:key": {} } })],
    });
    const { fields } = foreign({ ...rest, apiVersion: "v1", kind: "Secret", data: { key: "aHVudGVyMg==" } });
    expect(fields).toMatchObject([{ path: "data" }]);
    expect(JSON.stringify(fields)).not.toContain("aHVudGVyMg");
  });
});

describe("what is none of our business", () => {
  it.each([
    ["what stood there when the object was taken over", by("kubectl-label", label, { time: since })],
    ["an entry without a time", by("kubectl", label, { time: "" })],
    ["a controller's field", by("some-controller", label)],
    ["the status, whoever writes it", by("kubectl-patch", { "f:status": { "f:replicas": {} } }, { subresource: "status" })],
    ["replicas that Git leaves out", by("kubectl-edit", { "f:spec": { "f:replicas": {} } })],
    ["a finalizer", by("kubectl-edit", { "f:metadata": { "f:finalizers": { ".": {}, 'v:"x"': {} } } })],
  ])("is %s", (_, entry) => {
    const { time, ...rest } = entry;
    const ours = { ...ourEntry, fieldsV1: { "f:metadata": { "f:labels": { "f:app": {} } } } };
    const entries = [ours, time === "" ? rest : entry];
    expect(foreign(deployment({ labels: { app: "web", owner: "me" }, entries, metadata: {} }))).toEqual({ fields: [], patch: [] });
  });

  it("is a field that somebody else owns, too", () => {
    const entries = [ourEntry, by("kubectl-label", label), by("some-controller", label)];
    expect(foreign(deployment({ labels: { app: "web", owner: "me" }, entries })).patch).toEqual([]);
  });

  it("is a restart, kubectl's own note, and what people tell GitOps tools", () => {
    const annotations = {
      "kubectl.kubernetes.io/restartedAt": "now",
      "kubectl.kubernetes.io/last-applied-configuration": "{}",
      "argocd.argoproj.io/sync-options": "Prune=false",
    };
    const owned = Object.fromEntries(Object.keys(annotations).map((name) => [`f:${name}`, {}]));
    const entries = [ourEntry, by("kubectl-rollout", { "f:metadata": { "f:annotations": { ".": {}, ...owned } } })];
    const object = deployment({ entries });
    expect(foreign({ ...object, metadata: { ...object.metadata, annotations } }).patch).toEqual([]);
  });

  it("is what ignoreDifferences names", () => {
    const ignored = { pointers: ["/metadata/labels/owner"], managers: [] };
    expect(foreign(labelled(by("kubectl-label", label)), { ignored }).patch).toEqual([]);
  });

  it("is everything, in an object that has no entry of ours", () => {
    expect(foreign(deployment({ entries: [by("kubectl-label", label)] })).patch).toEqual([]);
  });
});
