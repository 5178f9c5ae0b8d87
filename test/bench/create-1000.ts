import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ControlPlane, startControlPlane } from "../../infra/local/control-plane/start.ts";
import { localTools } from "../../infra/local/tools.ts";
import { openCluster } from "../../shared/adapters/kubernetes/cluster.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { anApplication, syncWorld } from "../support/sync-world.ts";
import { type BenchResult, goal, ratioOf, spreadOf } from "./result.ts";

const rounds = 3;
const perKind = 250;
const inFlight = 32;

/** 1,000 objects in one namespace, created and then synced again unchanged; ours, raw HTTP/2 patches (the limit), kubectl. */
export const createAndResync = async (): Promise<readonly BenchResult[]> => {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-bench-"));
  const cluster = await startControlPlane({ name: "bench", folder });
  try {
    const times = { ours: [] as number[], again: [] as number[], raw: [] as number[], kubectl: [] as number[], diff: [] as number[] };
    let writes = 0;
    for (let round = 0; round < rounds; round++) {
      times.raw.push(await timed(() => rawPatches(cluster, objects(`raw-${round}`))));
      const ours = await ourSync(cluster, `ours-${round}`);
      times.ours.push(ours.create);
      times.again.push(ours.again);
      writes += ours.writes;
      const file = join(folder, `kubectl-${round}.json`);
      await writeFile(
        file,
        objects(`kubectl-${round}`)
          .map((object) => JSON.stringify(object))
          .join("\n---\n"),
      );
      times.kubectl.push(await timed(() => kubectl(cluster, ["apply", "--server-side", "-f", file])));
      times.diff.push(await timed(() => kubectl(cluster, ["diff", "--server-side", "-f", file])));
    }
    const ofRaw = ratioOf(times.ours, times.raw);
    const ofKubectl = ratioOf(times.ours, times.kubectl);
    const ofDiff = ratioOf(times.diff, times.again);
    return [
      {
        name: "create-1000",
        unit: "s",
        ours: spreadOf(times.ours),
        others: { "raw HTTP/2 patches": spreadOf(times.raw), "kubectl apply --server-side": spreadOf(times.kubectl) },
        goals: [
          goal("≤ 1.25 × the raw patches", ofRaw, ofRaw <= 1.25),
          goal("faster than kubectl (ratio of times < 1)", ofKubectl, ofKubectl < 1),
        ],
      },
      {
        name: "resync-1000",
        unit: "s",
        ours: spreadOf(times.again),
        others: { "kubectl diff --server-side": spreadOf(times.diff) },
        goals: [goal("0 writes", writes, writes === 0), goal("≥ 20 × as fast as kubectl diff", ofDiff, ofDiff >= 20)],
      },
    ];
  } finally {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

const objects = (namespace: string): readonly Manifest[] => {
  const rows = Array.from({ length: perKind }, (_, at) => at);
  const meta = (at: number) => ({ name: `object-${at}`, namespace, labels: { app: `app-${at}` } });
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    ...rows.map((at) => ({ apiVersion: "v1", kind: "ServiceAccount", metadata: meta(at) })),
    ...rows.map((at) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: meta(at), data: { colour: "blue", at: `${at}` } })),
    ...rows.map((at) => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: meta(at),
      spec: { clusterIP: "None", selector: { app: `app-${at}` }, ports: [{ name: "http", port: 80 }] },
    })),
    ...rows.map((at) => ({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: meta(at),
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: `app-${at}` } },
        template: { metadata: { labels: { app: `app-${at}` } }, spec: { containers: [{ name: "web", image: "example.com/web:1" }] } },
      },
    })),
  ];
};

const ourSync = async (controlPlane: ControlPlane, namespace: string) => {
  const { server, ca, token } = controlPlane;
  const connection = openCluster({ name: "bench", server: new URL(server), ca, allowLoopback: true }, { token: async () => token });
  let applies = 0;
  const counting: Cluster = {
    ...connection,
    apply: (manifest, options) => {
      applies++;
      return connection.apply(manifest, options);
    },
  };
  const { declare, commit, sync, state } = syncWorld({ clusters: { connect: async () => counting } });
  await declare(anApplication({ destination: { name: "bench", namespace } }));
  await commit("web", objects(namespace), "one");
  const create = await timed(() => sync());
  const after = await state();
  if (after.phase !== "Succeeded") throw new Error(after.reason);
  await commit("web", objects(namespace), "two");
  applies = 0;
  const again = await timed(() => sync());
  await connection.close();
  return { create, again, writes: applies };
};

const paths: Readonly<Record<string, string>> = {
  Namespace: "/api/v1/namespaces",
  ServiceAccount: "serviceaccounts",
  ConfigMap: "configmaps",
  Service: "services",
  Deployment: "deployments",
};

const rawPatches = async ({ server, ca, token }: ControlPlane, manifests: readonly Manifest[]): Promise<void> => {
  const session = connect(server, { ca });
  const pathOf = ({ apiVersion, kind, metadata }: Manifest) => {
    const prefix = apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`;
    const place = kind === "Namespace" ? `/api/v1/namespaces` : `${prefix}/namespaces/${metadata.namespace}/${paths[kind]}`;
    return `${place}/${metadata.name}?fieldManager=raw&force=true`;
  };
  const patch = (manifest: Manifest) =>
    new Promise<void>((resolve, reject) => {
      const request = session.request({
        ":method": "PATCH",
        ":path": pathOf(manifest),
        authorization: `Bearer ${token}`,
        "content-type": "application/apply-patch+yaml",
      });
      request.on("response", (headers) => {
        if (Number(headers[":status"]) >= 300) reject(new Error(`${headers[":status"]} for ${pathOf(manifest)}`));
      });
      request.on("data", () => {});
      request.on("end", resolve);
      request.on("error", reject);
      request.end(JSON.stringify(manifest));
    });
  const [namespace, ...others] = manifests;
  if (namespace) await patch(namespace);
  const queue = others.values();
  const worker = async () => {
    for (const manifest of queue) await patch(manifest);
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  session.close();
};

const kubectl = async ({ kubeconfig }: ControlPlane, args: readonly string[]): Promise<void> => {
  const { kubectl: program } = await localTools();
  await new Promise<void>((resolve, reject) => {
    const child = spawn(program, ["--kubeconfig", kubeconfig, ...args], {
      env: { HOME: tmpdir(), PATH: process.env.PATH ?? "" },
      stdio: ["ignore", "ignore", "inherit"],
    });
    child.once("error", reject);
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`kubectl ${args[0]} ended with ${code}`))));
  });
};
