import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { boundTo } from "../../shared/diff/bound.ts";
import { fieldManager } from "../../shared/diff/field-manager.ts";
import { ignoring } from "../../shared/diff/ignore-rules.ts";
import { applyEntryOf, describeOwned } from "../../shared/diff/managed-fields.ts";
import { respectIgnored } from "../../shared/diff/respect-ignored.ts";
import type { IgnoreDifference } from "../../shared/model/application.ts";
import { noCustomizations } from "../../shared/model/customizations.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { plainJq } from "../fakes/plain-jq.ts";
import { testCluster } from "../support/cluster-client.ts";
import { kubectl, newNamespace, type TestControlPlane } from "../support/control-plane.ts";
import { eventually } from "../support/eventually.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
let namespace: string;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
  namespace = await newNamespace(controlPlane, "respect");
});
afterAll(() => cluster.close());

const deployment = (
  name: string,
  change: { readonly replicas?: number; readonly image?: string; readonly args?: readonly string[] } = {},
): Manifest => {
  const { replicas = 2, image = "registry.example/web:1", args = ["a", "b"] } = change;
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels: { tier: "front" } },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: "web", image, args, ports: [{ containerPort: 80 }] }] },
      },
    },
  };
};
const container = { path: ".spec.template.spec.containers[]" };

const ignoringRule = (rule: Partial<IgnoreDifference>) =>
  ignoring({
    application: {
      name: "web",
      ignoreDifferences: [
        { group: "apps", kind: "Deployment", jsonPointers: [], jqPathExpressions: [], managedFieldsManagers: [], ...rule },
      ],
    },
    customizations: noCustomizations,
    jq: plainJq(),
  });

const send = async (manifest: Manifest): Promise<Manifest> => {
  const answer = await cluster.apply(manifest, { fieldManager, force: true });
  if (answer.state !== "applied") throw new Error(answer.message);
  return answer.object;
};
const look = async (name: string): Promise<Manifest> => {
  const answer = await cluster.get({ apiVersion: "apps/v1", kind: "Deployment", namespace, name });
  if (answer.state !== "found") throw new Error(answer.state);
  return answer.object;
};
/** What a sync with RespectIgnoreDifferences does to an object that is there. */
const applyRespecting = (desired: Manifest, rule: Partial<IgnoreDifference>): Promise<Manifest> =>
  eventually("no controller writes in between", async () => {
    const live = await look(desired.metadata.name);
    return send(boundTo(live, respectIgnored(desired, live, ignoringRule(rule), fieldManager)));
  });
const byHand = (name: string, ...args: readonly string[]) =>
  kubectl(controlPlane, ["-n", namespace, ...args.map((arg) => arg.replace("NAME", name))]);
const owned = (object: Manifest) => describeOwned(applyEntryOf(object, fieldManager)?.fieldsV1 ?? {}, object).map(({ path }) => path);
const first = (object: Manifest) => JSON.parse(JSON.stringify(object)).spec.template.spec.containers[0];

describe("RespectIgnoreDifferences on a real server", () => {
  it("leaves replicas to whoever scaled, and gives them up", async () => {
    await send(deployment("scaled"));
    await byHand("scaled", "scale", "deployment/NAME", "--replicas=5");
    const after = await applyRespecting(deployment("scaled", { image: "registry.example/web:2" }), { jsonPointers: ["/spec/replicas"] });
    expect(after.spec).toMatchObject({ replicas: 5 });
    expect(first(after).image).toBe("registry.example/web:2");
    expect(owned(after)).not.toContain("spec.replicas");
  });

  it("keeps the live value of what is ours alone, whatever Git says now", async () => {
    await send(deployment("ours", { replicas: 3 }));
    const after = await applyRespecting(deployment("ours", { replicas: 1 }), { jsonPointers: ["/spec/replicas"] });
    expect(after.spec).toMatchObject({ replicas: 3 });
    const { replicas: _, ...spec } = JSON.parse(JSON.stringify(deployment("ours").spec));
    const dropped = await applyRespecting({ ...deployment("ours"), spec }, { jsonPointers: ["/spec/replicas"] });
    expect(dropped.spec).toMatchObject({ replicas: 3 });
  });

  it("without it, an apply takes ignored fields back, as in Argo CD", async () => {
    await send(deployment("taken"));
    await byHand("taken", "scale", "deployment/NAME", "--replicas=5");
    expect((await send(deployment("taken"))).spec).toMatchObject({ replicas: 2 });
  });

  it("keeps an image in an item of a list, wherever it stands in Git", async () => {
    await send(deployment("image"));
    await byHand("image", "set", "image", "deployment/NAME", "web=registry.example/web:9");
    const desired = deployment("image");
    const spec = JSON.parse(JSON.stringify(desired.spec));
    spec.template.spec.containers.unshift({ name: "side", image: "registry.example/side:1" });
    const rule = { jqPathExpressions: [`${container.path} | select(.name == "web") | .image`] };
    const after = await applyRespecting({ ...desired, spec }, rule);
    const images = JSON.parse(JSON.stringify(after)).spec.template.spec.containers.map(({ image }: { image: string }) => image);
    expect(images.toSorted()).toEqual(["registry.example/side:1", "registry.example/web:9"]);
  });

  it("keeps one item of a list that is owned as a whole", async () => {
    await send(deployment("whole"));
    await byHand(
      "whole",
      "patch",
      "deployment/NAME",
      "--type=json",
      "-p",
      '[{"op":"replace","path":"/spec/template/spec/containers/0/args/1","value":"live"}]',
    );
    const after = await applyRespecting(deployment("whole", { args: ["new", "b"] }), {
      jsonPointers: ["/spec/template/spec/containers/0/args/1"],
    });
    expect(first(after).args).toEqual(["new", "live"]);
  });

  it("keeps a map of which parts are ours and parts are others'", async () => {
    await send(deployment("mixed"));
    await byHand("mixed", "set", "image", "deployment/NAME", "web=registry.example/web:9");
    const after = await applyRespecting(deployment("mixed", { image: "registry.example/web:3", args: ["other"] }), {
      jsonPointers: ["/spec/template/spec"],
    });
    expect(first(after)).toMatchObject({
      image: "registry.example/web:9",
      args: ["a", "b"],
      ports: [{ containerPort: 80, protocol: "TCP" }],
    });
  });

  it("leaves a named manager its fields", async () => {
    await send(deployment("managed"));
    await byHand("managed", "patch", "deployment/NAME", "--field-manager=keda-operator", "-p", '{"spec":{"replicas":7}}');
    const after = await applyRespecting(deployment("managed", { image: "registry.example/web:2" }), {
      managedFieldsManagers: ["keda-operator"],
    });
    expect(after.spec).toMatchObject({ replicas: 7 });
    expect(first(after).image).toBe("registry.example/web:2");
  });

  it("does not bring back what somebody removed", async () => {
    await send(deployment("removed"));
    await byHand("removed", "label", "deployment/NAME", "tier-");
    const after = await applyRespecting(deployment("removed"), { jsonPointers: ["/metadata/labels/tier"] });
    expect(after.metadata.labels?.tier).toBeUndefined();
  });

  it("changes nothing where nothing is ignored", async () => {
    const before = await send(deployment("plain"));
    expect(respectIgnored(deployment("plain"), before, ignoringRule({}), fieldManager)).toEqual(deployment("plain"));
  });
});
