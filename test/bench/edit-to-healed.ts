import { setTimeout as wait } from "node:timers/promises";
import { openCluster } from "../../shared/adapters/kubernetes/cluster.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { applicationFile, configMap, numbered } from "./fleet.ts";
import { type BenchResult, goal, spreadOf } from "./result.ts";
import { startBenchStack } from "./stack.ts";

const applications = 40;
const look = 20;
const longest = 60_000;

/**
 * From an edit by hand until the object is as Git has it again, in a cluster that is watched: the whole way through table, queue and sync. One
 * edit an Application, one after another: the second of the same one would wait for its backoff.
 */
export const editToHealed = async (): Promise<readonly BenchResult[]> => {
  const names = numbered("ship", applications);
  const files = names.map((name) => ({ ...applicationFile(name, name), [`${name}/settings.yaml`]: configMap("begin") }));
  const stack = await startBenchStack(Object.assign({}, ...files));
  const { server, ca, token } = stack.cluster;
  const cluster = openCluster({ name: "bench", server: new URL(server), ca, allowLoopback: true }, { token: async () => token });
  try {
    for (const name of names) await until(cluster, name, "begin");
    await stack.settled();
    stack.functions.invoke("scan", { scan: "watch" }).catch(() => undefined);
    // The first look at everything, and the first edit that is found, are not what is measured.
    await edit(cluster, names[0] ?? "");
    await until(cluster, names[0] ?? "", "begin");
    const times: number[] = [];
    for (const name of names.slice(1)) {
      const start = performance.now();
      await edit(cluster, name);
      await until(cluster, name, "begin");
      times.push((performance.now() - start) / 1000);
    }
    const ours = spreadOf(times);
    return [{ name: "edit-to-healed", unit: "s", ours, others: {}, goals: [goal("p95 ≤ 5 s", ours.p95, ours.p95 <= 5)] }];
  } finally {
    await cluster.close();
    await stack.stop();
  }
};

const at = (namespace: string) => ({ apiVersion: "v1", kind: "ConfigMap", namespace, name: "settings" });

const edit = async (cluster: Cluster, namespace: string): Promise<void> => {
  const live = await cluster.get(at(namespace));
  const resourceVersion = live.state === "found" ? (live.object.metadata.resourceVersion ?? "") : "";
  const by = { fieldManager: "kubectl-edit", resourceVersion };
  const answer = await cluster.patch(at(namespace), [{ op: "replace", path: "/data/value", value: "by hand" }], by);
  if (answer.state !== "applied") throw new Error(answer.message);
};

const until = async (cluster: Cluster, namespace: string, value: string): Promise<void> => {
  for (const start = performance.now(); performance.now() - start < longest; await wait(look)) {
    const live = await cluster.get(at(namespace));
    if (live.state === "found" && JSON.stringify(live.object.data) === JSON.stringify({ value })) return;
  }
  throw new Error(`settings in ${namespace} never had the value ${value}`);
};
