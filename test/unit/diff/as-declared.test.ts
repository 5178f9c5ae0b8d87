import { describe, expect, it } from "vitest";
import { asDeclared } from "../../../shared/diff/as-declared.ts";
import { differencesBetween } from "../../../shared/diff/field-changes.ts";
import type { Json } from "../../../shared/model/json.ts";

const container = (name: string, image: string, more: object = {}) => ({ name, image, ...more });
const pod = (spec: Json, labels: Readonly<Record<string, string>> = { app: "web" }) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "production", labels },
  spec,
});
const managedFields = [
  {
    manager: "fairlead",
    operation: "Apply",
    fieldsV1: { "f:spec": { "f:containers": { 'k:{"name":"web"}': { ".": {}, "f:image": {} } }, "f:args": {} } },
  },
];
const live = {
  ...pod({
    containers: [container("web", "web:2", { imagePullPolicy: "Always" }), container("sidecar", "s:1")],
    args: [{ a: 1, filled: true }],
    replicas: 3,
  }),
  metadata: { name: "web", namespace: "production", uid: "u", resourceVersion: "7", labels: { app: "web", by: "hand" }, managedFields },
};
const paths = (wanted: ReturnType<typeof pod>) =>
  differencesBetween(asDeclared(wanted, live), live, { fieldManager: "fairlead", includeMutationWebhook: true }).map(
    ({ path, live: is, desired }) => `${path} ${is} → ${desired}`,
  );

describe("an object as its manifest declares it", () => {
  it("differs where a declared field differs, items matched by their keys, whatever the server filled in", () => {
    expect(paths(pod({ containers: [container("web", "web:1")], args: [{ a: 1 }] }))).toEqual([
      'spec.containers[name=web].image "web:2" → "web:1"',
    ]);
  });

  it("is the live one where all that is declared stands; null declares nothing", () => {
    expect(paths(pod({ containers: [container("web", "web:2")], args: [{ a: 1 }], paused: null }))).toEqual([]);
  });

  it("names a declared item that is gone, a label, and a list of another length", () => {
    expect(paths(pod({ containers: [container("db", "db:1")], args: [] }, { app: "shop" }))).toEqual([
      'metadata.labels.app "web" → "shop"',
      'spec.args [{"a":1,"filled":true}] → []',
      expect.stringMatching(/^spec\.containers\[name=db\] undefined → /),
    ]);
  });
});
