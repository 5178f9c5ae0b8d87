import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { parseManifests } from "../../shared/render/manifests.ts";
import { testCluster } from "../support/cluster-client.ts";
import { kubectl, type TestControlPlane } from "../support/control-plane.ts";
import { filesOf, published } from "../support/material.ts";
import { realSyncWorld } from "../support/real-sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

const textsOf = async (folder: string) => Object.values(await filesOf(folder)).map(String);

/** An Application of these files. They all go to `production`: here to a namespace that no other test has. */
const deliver = async (files: readonly string[], { ownNamespace = true } = {}) => {
  const world = await realSyncWorld(controlPlane, cluster);
  const target = ownNamespace ? world.namespace : `${world.namespace}-production`;
  const manifests = files.flatMap((text) => parseManifests(text.replaceAll("production", target), "material").manifests);
  await world.declare(
    world.application({
      destination: { name: "harbor", namespace: target },
      syncPolicy: { automated: { prune: true, selfHeal: true, allowEmpty: false }, syncOptions: [] },
    }),
  );
  await world.commit("web", manifests);
  return { ...world, target, objects: () => world.writes.filter((write) => !write.startsWith("patch")) };
};

describe("delivery/waves", () => {
  it("goes wave by wave: Namespace, Secret, StatefulSet, and the Deployment once the database is up", async () => {
    const { ended, until, objects, target } = await deliver(await textsOf("repositories/delivery/waves"), {
      ownNamespace: false,
    });
    expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(objects()).toEqual([
      `apply Namespace ${target}`,
      "apply Secret db-credentials",
      "apply StatefulSet postgres",
      "apply Deployment web-app",
    ]);
    expect(await until(({ health }) => health !== "Progressing")).toMatchObject({ health: "Healthy" });
    await kubectl(controlPlane, ["delete", "namespace", target, "--wait=false"]);
  });
});

describe("delivery/hooks", () => {
  it("migrates, then applies, then smokes; the migration's Job stays and the smoke test's goes", async () => {
    const { ended, objects, names } = await deliver(await textsOf("repositories/delivery/hooks"));
    expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced", health: "Healthy" });
    expect(objects()).toEqual([
      "create Job db-migration",
      "apply Service web-service",
      "apply Deployment web-app",
      "create Job smoke-test",
      "delete Job smoke-test",
    ]);
    expect(await names("jobs")).toEqual(["job.batch/db-migration"]);
  });

  it("stops before anything is applied when the migration fails", async () => {
    const files = await textsOf("repositories/delivery/hooks");
    const failing = files.map((text) =>
      text.replace(
        "spec:\n  template:\n    spec:\n      containers:\n      - name: migrate",
        "spec:\n  backoffLimit: 0\n  template:\n    metadata:\n      annotations:\n        fairlead.dev/simulate: fail\n    spec:\n      containers:\n      - name: migrate",
      ),
    );
    const { ended, names } = await deliver(failing);
    expect(await ended()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("PreSync hook Job") });
    expect(await names("jobs,deployments,services")).toEqual(["job.batch/db-migration"]);
  });
});

describe("manifests/sync-waves.yaml as published", () => {
  it("is refused as a whole, for the StatefulSet and the Deployment lack their spec: nothing is applied", async () => {
    const { ended, objects, history } = await deliver([await published("verbatim/manifests/sync-waves.yaml")], { ownNamespace: false });
    const { reason } = await ended();
    expect(reason).toMatch(/StatefulSet .*spec\..*and 1 more.*nothing was changed/s);
    expect(objects()).toEqual([]);
    const [entry] = await history();
    expect(entry?.objects.map(({ key }) => key.kind)).toEqual(["StatefulSet", "Deployment"]);
  });
});

describe("manifests/sync-hooks.yaml as published", () => {
  it("is valid: with an object beside them, both Jobs run as they are annotated", async () => {
    const settings = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n";
    const { ended, objects } = await deliver([await published("verbatim/manifests/sync-hooks.yaml"), settings]);
    expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(objects()).toEqual(["create Job db-migration", "apply ConfigMap settings", "create Job smoke-test", "delete Job smoke-test"]);
  });
});
