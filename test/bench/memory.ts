import { stringify } from "yaml";
import { functions } from "../../infra/topology.ts";
import type { Files } from "../support/git-repository.ts";
import { applicationFile, numbered } from "./fleet.ts";
import { type BenchResult, goal, spreadOf } from "./result.ts";
import { startBenchStack } from "./stack.ts";
import { watchConfigMaps } from "./watch.ts";

const files = 5_000;
const measured = ["fetch", "render", "sync"] as const;

/** What the processes of fetch, render and sync held at their peak (VmHWM), for one Application that is a whole repository of 5,000 files. */
export const memory = async (): Promise<readonly BenchResult[]> => {
  const names = numbered("settings", files);
  const changed = (value: string): Files =>
    Object.fromEntries(names.map((name) => [`web/${name.slice(-2)}/${name}.yaml`, manifest(name, value)]));
  const stack = await startBenchStack({ ...applicationFile("web", "web"), ...recursing("web"), ...changed("begin") });
  const watch = await watchConfigMaps(stack.cluster);
  try {
    await watch.reached("begin", files, 300);
    await stack.settled();
    await stack.push(changed("again"));
    await watch.reached("again", files, 300);
    await stack.settled();
    return await Promise.all(
      measured.map(async (name) => {
        const ours = spreadOf([await stack.peakMemory(name)]);
        const { memory: given } = functions[name];
        return {
          name: `memory-${name}`,
          unit: "MB",
          ours,
          others: {},
          goals: [goal(`within the function's ${given} MB`, ours.max, ours.max <= given)],
        };
      }),
    );
  } finally {
    watch.stop();
    await stack.stop();
  }
};

/** `.argocd-source.yaml` beside the manifests says what the Application would say itself. */
const recursing = (path: string): Files => ({ [`${path}/.argocd-source.yaml`]: stringify({ directory: { recurse: true } }) });

const manifest = (name: string, value: string): string =>
  stringify({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, labels: { bench: "settings" } },
    data: { value, about: `${name} `.repeat(20) },
  });
