import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DriftWorld } from "../../shared/drift/ports.ts";
import { scanCluster } from "../../shared/drift/scan-cluster.ts";
import type { Application } from "../../shared/model/application.ts";
import { noCustomizations } from "../../shared/model/customizations.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import type { PushMessage } from "../../shared/state/messages.ts";
import { deleteCustomizations, writeCustomizations } from "../../shared/state/settings.ts";
import { memoryQueue } from "../fakes/memory-queue.ts";
import { testCluster } from "../support/cluster-client.ts";
import type { TestControlPlane } from "../support/control-plane.ts";
import { driftDefaults } from "../support/drift-world.ts";
import { realSyncWorld } from "../support/real-sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

const web: Manifest = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", labels: { app: "web" } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "registry.example/web:1" }] } },
  },
};

/** The Deployment as Git has it, synced, and a scan that has seen it. */
const synced = async (change: Partial<Application> = {}) => {
  const world = await realSyncWorld(controlPlane, cluster);
  await world.declare(world.application(change));
  await world.commit("web", [web]);
  await world.ended();
  const driftWorld: DriftWorld = { ...world.world, ...driftDefaults, pushes: memoryQueue<PushMessage>() };
  const scan = async () => {
    world.pass(600_000);
    await scanCluster("harbor", driftWorld);
  };
  await scan();
  world.syncs.take();
  /** Scans, and does what was wished for; answers what people are told. */
  const healed = async () => {
    await scan();
    expect(world.syncs.take()).toHaveLength(1);
    await world.ended();
    const [event] = await world.history();
    return event;
  };
  return { ...world, scan, healed };
};
const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const env = "{.spec.template.spec.containers[*].env}";

describe("what somebody did to a Deployment by hand, on a real server", () => {
  it("a variable that kubectl set env added is named with who and when, and gone after the heal", async () => {
    const { by, healed, scan, field, syncs } = await synced();
    await by("set", "env", "deployment/web", "DEBUG=1");
    expect(await healed()).toMatchObject({
      kind: "drift-healed",
      objects: [{ fields: [{ path: "spec.template.spec.containers[name=web].env", manager: "kubectl-set", time: isoTime }] }],
    });
    expect(await field("deployment/web", env)).toBe("");
    await scan();
    expect(syncs.take()).toEqual([]);
  });

  it("a container, a label, an annotation and another image are named side by side, and all of it is healed", async () => {
    const { by, healed, field } = await synced();
    await by("set", "image", "deployment/web", "web=registry.example/web:2");
    await by("label", "deployment/web", "owner=me");
    await by("annotate", "deployment/web", "note=hello");
    await by("patch", "deployment/web", "-p", '{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"side:1"}]}}}}');
    const event = await healed();
    expect(event?.objects[0]?.fields?.map(({ path, manager }) => `${path} ${manager}`).toSorted()).toEqual([
      "metadata.annotations.note kubectl-annotate",
      "metadata.labels.owner kubectl-label",
      "spec.template.spec.containers[name=side] kubectl-patch",
      "spec.template.spec.containers[name=web].image kubectl-set",
    ]);
    expect(await field("deployment/web", "{.spec.template.spec.containers[*].image}")).toBe("registry.example/web:1");
    expect(await field("deployment/web", "{.metadata.labels}")).toBe('{"app":"web"}');
  });

  it("replicas by kubectl scale are put back where Git has them; a field Git does not mention goes back to its default", async () => {
    const { by, healed, field } = await synced();
    await by("scale", "deployment/web", "--replicas=5");
    await by(
      "patch",
      "deployment/web",
      "--field-manager=kubectl-edit",
      "-p",
      '{"spec":{"minReadySeconds":9,"progressDeadlineSeconds":77}}',
    );
    const event = await healed();
    expect(event?.objects[0]?.fields?.map(({ path }) => path).toSorted()).toEqual([
      "spec.minReadySeconds",
      "spec.progressDeadlineSeconds",
      "spec.replicas",
    ]);
    expect(await field("deployment/web", "{.spec.replicas} {.spec.progressDeadlineSeconds} {.spec.minReadySeconds}")).toBe("2 600 ");
  });

  it("replicas that an autoscaler steers are left to it", async () => {
    const { by, scan, field, syncs, commit, ended } = await synced();
    await by("autoscale", "deployment/web", "--min=1", "--max=9");
    await by("scale", "deployment/web", "--replicas=5");
    await scan();
    expect(syncs.take()).toEqual([]);
    expect(await field("deployment/web", "{.spec.replicas}")).toBe("5");

    const labelled = { ...web, metadata: { name: "web", labels: { app: "web", tier: "front" } } };
    await commit("web", [labelled]);
    await ended();
    expect(await field("deployment/web", "{.metadata.labels.tier} {.spec.replicas}")).toBe("front 5");
    await commit("web", [{ ...web, metadata: { ...web.metadata, annotations: { "fairlead.dev/replicas": "git" } } }]);
    await ended();
    expect(await field("deployment/web", "{.spec.replicas}")).toBe("2");
  });

  it("a restart is left alone", async () => {
    const { by, scan, syncs, state } = await synced({
      syncPolicy: { automated: { prune: true, selfHeal: false, allowEmpty: false }, syncOptions: [] },
    });
    await by("rollout", "restart", "deployment/web");
    await scan();
    expect(syncs.take()).toEqual([]);
    expect(await state()).not.toHaveProperty("drifted");
  });

  it("is told with field, value, manager and time where drift is only reported, and stays", async () => {
    const { by, scan, field, history } = await synced({ annotations: { "fairlead.dev/drift-mode": "report" } });
    await by("set", "env", "deployment/web", "DEBUG=1");
    await scan();
    const [event] = await history();
    expect(event).toMatchObject({
      kind: "drift-found",
      objects: [{ fields: [{ live: '[{"name":"DEBUG","value":"1"}]', manager: "kubectl-set", time: isoTime }] }],
    });
    expect(await field("deployment/web", env)).toContain("DEBUG");
  });
});

// The edit stood in the version that a sync had seen, and stayed unseen for ever when the rule went.
describe("an edit that a rule of argocd-cm hid, on a real server", () => {
  it("is drift when the rule goes: named, and healed", async () => {
    const { table, by, ask, ended, scan, healed, field, syncs } = await synced();
    const rule = { group: "apps", kind: "Deployment", jsonPointers: ["/spec/replicas"], jqPathExpressions: [], managedFieldsManagers: [] };
    await writeCustomizations(table, { ...noCustomizations, ignoreDifferences: [rule] });
    await scan();
    await by("scale", "deployment/web", "--replicas=5");
    await ask();
    await ended();
    await scan();
    expect(syncs.take()).toEqual([]);
    expect(await field("deployment/web", "{.spec.replicas}")).toBe("5");
    await deleteCustomizations(table);
    expect(await healed()).toMatchObject({
      kind: "drift-healed",
      objects: [{ fields: [{ path: "spec.replicas", live: "5", desired: "2" }] }],
    });
    expect(await field("deployment/web", "{.spec.replicas}")).toBe("2");
    await scan();
    expect(syncs.take()).toEqual([]);
  });
});
