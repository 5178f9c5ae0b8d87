import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { foreignFields } from "../../shared/diff/foreign-fields.ts";
import { predictApply } from "../../shared/diff/prediction.ts";
import { removeForeignFields } from "../../shared/diff/remove-foreign.ts";
import { firstAppliedAt } from "../../shared/diff/since.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { testCluster } from "../support/cluster-client.ts";
import { kubectl, newNamespace, type TestControlPlane } from "../support/control-plane.ts";

const fieldManager = "fairlead";
const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

const deployment = (namespace: string): Manifest => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace, labels: { app: "web" } },
  spec: {
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "registry.example/web:1" }] } },
  },
});

/** A Deployment of ours in a namespace of its own; `already` is what somebody had made of it before. */
const applied = async (already?: (namespace: string) => Promise<unknown>) => {
  const namespace = await newNamespace(controlPlane, "foreign");
  await already?.(namespace);
  const manifest = deployment(namespace);
  const at = { apiVersion: "apps/v1", kind: "Deployment", namespace, name: "web" };
  const apply = async () => {
    const answer = await cluster.apply(manifest, { fieldManager, force: true });
    if (answer.state !== "applied") throw new Error(answer.message);
    return answer;
  };
  const since = firstAppliedAt(await apply());
  const live = async (): Promise<Manifest> => {
    const answer = await cluster.get(at);
    if (answer.state !== "found") throw new Error("web is gone");
    return answer.object;
  };
  return {
    since,
    byHand: (...args: readonly string[]) => kubectl(controlPlane, ["-n", namespace, ...args]),
    live,
    found: async () => {
      const prediction = await predictApply(cluster, manifest, await live());
      if (prediction.state !== "predicted") throw new Error(prediction.state);
      return foreignFields(prediction.predicted, { fieldManager, since }).fields;
    },
    heal: async () => removeForeignFields(cluster, (await apply()).object, { fieldManager, since }),
  };
};

const spec = "spec.template.spec";

describe("what people's tools add, on a real server", () => {
  it.each([
    ["a variable by kubectl set env", ["set", "env", "deployment/web", "DEBUG=1"], "kubectl-set", `${spec}.containers[name=web].env`],
    ["a label", ["label", "deployment/web", "owner=me"], "kubectl-label", "metadata.labels.owner"],
    ["an annotation", ["annotate", "deployment/web", "note=hello"], "kubectl-annotate", "metadata.annotations.note"],
    [
      "a container",
      ["patch", "deployment/web", "-p", '{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"side:1"}]}}}}'],
      "kubectl-patch",
      `${spec}.containers[name=side]`,
    ],
    [
      "a field that Git does not mention",
      ["patch", "deployment/web", "-p", '{"spec":{"minReadySeconds":7,"template":{"spec":{"nodeSelector":{"zone":"a"}}}}}'],
      "kubectl-patch",
      "spec.minReadySeconds",
    ],
  ])("%s is found with who and when, and taken away", async (_, command, manager, path) => {
    const { byHand, found, heal, live } = await applied();
    const before = await live();
    await byHand(...command);
    const fields = await found();
    expect(fields).toContainEqual(expect.objectContaining({ path, manager, time: isoTime }));
    expect(fields.every(({ desired }) => desired === undefined)).toBe(true);
    expect(await heal()).toMatchObject({ state: "removed", fields });
    expect(await found()).toEqual([]);
    expect((await live()).spec).toEqual(before.spec);
    expect((await live()).metadata.labels).toEqual(before.metadata.labels);
  });

  it("a field given its default is put back to the default", async () => {
    const { byHand, heal, live } = await applied();
    await byHand("patch", "deployment/web", "-p", '{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":5}}}}');
    await heal();
    expect(await live()).toMatchObject({ spec: { template: { spec: { terminationGracePeriodSeconds: 30 } } } });
  });

  it("kubectl edit and kubectl scale: the edit goes, replicas that Git leaves out stay with who scales", async () => {
    const { byHand, found, heal, live } = await applied();
    await byHand("scale", "deployment/web", "--replicas=3");
    await byHand("patch", "deployment/web", "--field-manager=kubectl-edit", "-p", '{"spec":{"paused":true,"replicas":4}}');
    expect((await found()).map(({ path, manager }) => [path, manager])).toEqual([["spec.paused", "kubectl-edit"]]);
    await heal();
    const { spec } = await live();
    expect(spec).toMatchObject({ replicas: 4 });
    expect(spec).not.toHaveProperty("paused");
  });

  it("a restart stays", async () => {
    const { byHand, found, heal } = await applied();
    await byHand("rollout", "restart", "deployment/web");
    expect(await found()).toEqual([]);
    expect(await heal()).toMatchObject({ state: "none" });
  });

  it("what was there when we took the object over stays, what comes after goes", async () => {
    const { byHand, found, heal, live } = await applied(async (namespace) => {
      const made = { ...deployment(namespace), metadata: { name: "web", labels: { app: "web", legacy: "yes" } } };
      await kubectl(controlPlane, ["-n", namespace, "apply", "-f", "-"], JSON.stringify(made));
    });
    expect(await found()).toEqual([]);
    // Times have whole seconds: what comes in the second of the takeover counts as from before.
    await expect
      .poll(
        async () => {
          await byHand("label", "deployment/web", "--overwrite", `owner=${Math.random()}`);
          return (await found()).map(({ path }) => path);
        },
        { timeout: 5_000 },
      )
      .toEqual(["metadata.labels.owner"]);
    await heal();
    expect((await live()).metadata.labels).toEqual({ app: "web", legacy: "yes" });
  });

  it("is not removed from an object that moved meanwhile: it is looked at again", async () => {
    const { byHand, live, heal, since } = await applied();
    await byHand("set", "env", "deployment/web", "ONE=1", "TWO=2");
    let raced = false;
    const racing: Cluster = {
      ...cluster,
      patch: async (...args) => {
        if (!raced) await byHand("set", "env", "deployment/web", "ONE-");
        raced = true;
        return cluster.patch(...args);
      },
    };
    const stale = await live();
    expect(await removeForeignFields(racing, stale, { fieldManager, since })).toMatchObject({ state: "removed" });
    expect(JSON.stringify((await live()).spec)).not.toMatch(/ONE|TWO/);
    expect(await heal()).toMatchObject({ state: "none" });
  });
});
