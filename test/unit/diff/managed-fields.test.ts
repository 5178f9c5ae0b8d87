import { describe, expect, it } from "vitest";
import { describePath } from "../../../shared/diff/field-path.ts";
import { applyEntryOf, describeOwned } from "../../../shared/diff/managed-fields.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";

const live: Manifest = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web", labels: { "app.kubernetes.io/name": "web" }, finalizers: ["example.org/a", "example.org/b"] },
  spec: {
    containers: [
      { name: "side", image: "side:1" },
      { name: "web", image: "web:1", ports: [{ containerPort: 80, protocol: "TCP" }], args: ["a", "b"], resources: {} },
    ],
  },
};

const fields = {
  "f:metadata": { "f:labels": { "f:app.kubernetes.io/name": {} }, "f:finalizers": { 'v:"example.org/b"': {} } },
  "f:spec": {
    "f:containers": {
      'k:{"name":"web"}': {
        ".": {},
        "f:image": {},
        "f:args": {},
        "f:resources": {},
        "f:ports": { 'k:{"containerPort":80,"protocol":"TCP"}': { ".": {}, "f:containerPort": {} } },
      },
      'k:{"name":"gone"}': { ".": {}, "f:image": {} },
    },
    "f:tolerations": { "i:0": {} },
  },
};

describe("the fields that an entry of managedFields owns", () => {
  it("are named as people write them, with the object's values", () => {
    expect(describeOwned(fields, live)).toEqual([
      { path: "metadata.finalizers[=example.org/b]", value: "example.org/b" },
      { path: 'metadata.labels["app.kubernetes.io/name"]', value: "web" },
      { path: "spec.containers[name=gone]", value: false },
      { path: "spec.containers[name=gone].image", value: undefined },
      { path: "spec.containers[name=web]", value: true },
      { path: "spec.containers[name=web].args", value: ["a", "b"] },
      { path: "spec.containers[name=web].image", value: "web:1" },
      { path: "spec.containers[name=web].ports[containerPort=80,protocol=TCP]", value: true },
      { path: "spec.containers[name=web].ports[containerPort=80,protocol=TCP].containerPort", value: 80 },
      { path: "spec.containers[name=web].resources", value: {} },
      { path: "spec.tolerations[0]", value: undefined },
    ]);
  });

  it("are found under names that every object inherits", () => {
    expect(describeOwned({ "f:constructor": {}, "f:__proto__": {} }, live)).toEqual([
      { path: "__proto__", value: undefined },
      { path: "constructor", value: undefined },
    ]);
  });

  it("are ours in the entry of server-side apply only, not of an update or a status by the same manager", () => {
    const managedFields = [
      { manager: "fairlead", operation: "Update" },
      { manager: "fairlead", operation: "Apply", subresource: "status" },
      { manager: "other", operation: "Apply" },
    ];
    const others: Manifest = { ...live, metadata: { ...live.metadata, managedFields } };
    expect(applyEntryOf(others, "fairlead")).toBeUndefined();
    const ours = { manager: "fairlead", operation: "Apply", fieldsV1: {} };
    expect(applyEntryOf({ ...live, metadata: { ...live.metadata, managedFields: [...managedFields, ours] } }, "fairlead")).toBe(ours);
  });
});

describe("a path", () => {
  it.each([
    [["f:spec", "f:replicas"], "spec.replicas"],
    [["f:data", "f:tls.crt"], 'data["tls.crt"]'],
    [["f:data", 'f:a"b'], 'data["a\\"b"]'],
    [["f:list", "v:3"], "list[=3]"],
    [["f:list", "k:{not json"], "list[{not json]"],
  ])("%j reads %s", (path, text) => expect(describePath(path)).toBe(text));
});
