import { describe, expect, it } from "vitest";
import { respectIgnored } from "../../../shared/diff/respect-ignored.ts";
import type { Json, JsonObject } from "../../../shared/model/json.ts";
import type { ManagedFieldsEntry, Manifest } from "../../../shared/model/manifest.ts";

const [tcp, udp] = ['k:{"port":53,"protocol":"TCP"}', 'k:{"port":53,"protocol":"UDP"}'];
const entry = (manager: string, fields: JsonObject): ManagedFieldsEntry => ({
  manager,
  operation: manager === "fairlead" ? "Apply" : "Update",
  apiVersion: "v1",
  fieldsV1: fields,
});
const service = (spec: Json, managedFields?: readonly ManagedFieldsEntry[]): Manifest => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "dns", namespace: "prod", ...(managedFields && { uid: "u", managedFields }) },
  spec,
});
const port = { ".": {}, "f:port": {}, "f:nodePort": {} };
const ours = entry("fairlead", { "f:spec": { "f:ports": { [tcp]: port, [udp]: port }, "f:externalIPs": { 'v:"10.0.0.1"': {} } } });

const pointers =
  (...all: readonly string[]) =>
  () => ({ pointers: all, managers: [] });
const specOf = (
  desired: Json,
  live: Manifest,
  ignoring: () => { readonly pointers: readonly string[]; readonly managers: readonly string[] },
) => respectIgnored(service(desired), live, ignoring, "fairlead").spec;

const livePorts = [
  { port: 53, protocol: "TCP", nodePort: 30001 },
  { port: 53, protocol: "UDP", nodePort: 30002 },
];

describe("a manifest that respects ignored fields", () => {
  it("finds its items although keys are left to their defaults", () => {
    const live = service({ ports: livePorts }, [ours]);
    const desired = {
      ports: [
        { port: 53, protocol: "UDP", nodePort: 1 },
        { port: 53, nodePort: 2 },
      ],
    };
    const byObject = (object: Manifest) => ({
      pointers:
        object === live ? ["/spec/ports/0/nodePort", "/spec/ports/1/nodePort"] : ["/spec/ports/0/nodePort", "/spec/ports/1/nodePort"],
      managers: [],
    });
    expect(respectIgnored(service(desired), live, byObject, "fairlead").spec).toEqual({
      ports: [
        { port: 53, protocol: "UDP", nodePort: 30002 },
        { port: 53, nodePort: 30001 },
      ],
    });
  });

  it("leaves an item as Git has it when nobody can say which live one is meant", () => {
    const live = service({ ports: livePorts }, [ours]);
    expect(specOf({ ports: [{ port: 53, nodePort: 2 }] }, live, pointers("/spec/ports/1/nodePort"))).toEqual({
      ports: [{ port: 53, nodePort: 2 }],
    });
  });

  it("keeps an ignored item of ours that Git has not, and none that is others'", () => {
    const live = service({ ports: livePorts }, [ours]);
    const desired = { ports: [{ port: 53, protocol: "TCP" }] };
    expect(specOf(desired, live, pointers("/spec/ports/1"))).toEqual({ ports: [{ port: 53, protocol: "TCP" }, livePorts[1]] });
    const others = service({ ports: livePorts }, [ours, entry("operator", { "f:spec": { "f:ports": { [udp]: port } } })]);
    expect(specOf(desired, others, pointers("/spec/ports/1"))).toEqual(desired);
  });

  it("keeps a member of a set that is ours alone", () => {
    const live = service({ externalIPs: ["10.0.0.1"] }, [ours]);
    expect(specOf({ externalIPs: ["10.0.0.9"] }, live, pointers("/spec/externalIPs"))).toEqual({ externalIPs: ["10.0.0.1"] });
  });

  it("sends no field that nobody owns: it stays", () => {
    const live = service({ type: "ClusterIP", clusterIP: "10.0.0.7" }, [entry("fairlead", {})]);
    expect(specOf({ type: "NodePort", clusterIP: "10.0.0.8" }, live, pointers("/spec/clusterIP", "/spec/type"))).toEqual({});
  });

  it("leaves a named manager's fields out and knows no other's", () => {
    const live = service({ type: "LoadBalancer", sessionAffinity: "None" }, [ours, entry("cloud", { "f:spec": { "f:type": {} } })]);
    expect(specOf({ type: "ClusterIP", sessionAffinity: "ClientIP" }, live, () => ({ pointers: [], managers: ["cloud"] }))).toEqual({
      sessionAffinity: "ClientIP",
    });
  });

  it("keeps name and kind, whatever is ignored", () => {
    const live = service({}, [ours]);
    const sent = respectIgnored(service({}), live, pointers("/metadata/name", "/kind", "/apiVersion", "/metadata/namespace"), "fairlead");
    expect(sent).toMatchObject({ apiVersion: "v1", kind: "Service", metadata: { name: "dns" } });
  });

  it("takes nothing of the server's own bookkeeping along", () => {
    const sent = respectIgnored(service({ type: "ClusterIP" }), service({ type: "ClusterIP" }, [ours]), pointers("/metadata"), "fairlead");
    expect(sent.metadata).not.toHaveProperty("managedFields");
    expect(sent.metadata).not.toHaveProperty("uid");
  });
});
