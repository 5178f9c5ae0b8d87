import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kubectl, newNamespace, type TestControlPlane, testControlPlane } from "../support/control-plane.ts";
import { applicationYaml, configMapYaml, deploymentYaml } from "../support/declarations.ts";
import { control } from "../support/fleet.ts";
import type { Files } from "../support/git-repository.ts";
import { startTestStack, type TestStack } from "../support/stack.ts";
import { failed, slackSays, slackTexts, synced } from "../support/stack-reading.ts";

let cluster: TestControlPlane;
let stack: TestStack;

beforeAll(async () => {
  cluster = await testControlPlane();
  stack = await startTestStack([{ ...cluster, name: "harbor" }]);
});
afterAll(() => stack?.stop());

const chart: Files = {
  "app/Chart.yaml": "apiVersion: v2\nname: tides\nversion: 1.0.0\n",
  "app/values.yaml": "replicas: 2\n",
  "app/templates/web.yaml": deploymentYaml("web").replace("replicas: 1", "replicas: {{ .Values.replicas }}"),
};
const kustomization: Files = { "app/kustomization.yaml": "resources:\n- web.yaml\n", "app/web.yaml": deploymentYaml("web") };
const plain: Files = { "app/web.yaml": deploymentYaml("web"), "app/settings.yaml": configMapYaml("settings") };

interface Break {
  readonly what: string;
  readonly name: string;
  readonly good: Files;
  readonly bad: Files;
  /** What people must read. */
  readonly says: readonly string[];
}

const breaks: readonly Break[] = [
  {
    what: "a chart with a syntax error",
    name: "syntax",
    good: chart,
    bad: { "app/templates/service.yaml": "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name | default }\n" },
    says: ["app/templates/service.yaml:4"],
  },
  {
    what: "a chart that calls for a value that is not there",
    name: "value",
    good: chart,
    bad: { "app/templates/web.yaml": 'a: 1\nb: {{ required "replicas must be set" .Values.other }}\n' },
    says: ["templates/web.yaml", "replicas must be set"],
  },
  {
    what: "a kustomization whose file is missing",
    name: "missing",
    good: kustomization,
    bad: { "app/web.yaml": null },
    says: ["app/kustomization.yaml", "web.yaml"],
  },
  {
    what: "a kustomization that reaches for the network",
    name: "network",
    good: kustomization,
    bad: { "app/kustomization.yaml": "resources:\n- web.yaml\n- https://github.com/acme/bases//web?ref=v1\n" },
    says: ["https://github.com/acme/bases//web?ref=v1"],
  },
  {
    what: "a manifest that is no YAML",
    name: "yaml",
    good: plain,
    bad: { "app/settings.yaml": "apiVersion: v1\nkind: ConfigMap\n  metadata: [\n" },
    says: ["app/settings.yaml:3"],
  },
  {
    what: "a chart that wants more memory than its tool may have (F-13)",
    name: "memory",
    good: chart,
    bad: { "app/templates/large.yaml": 'a: {{ repeat 1200000000 "x" }}\n' },
    says: ["Helm needed more memory for app"],
  },
  {
    what: "a path that is not in the repository any more",
    name: "path",
    good: plain,
    bad: { "app/web.yaml": null, "app/settings.yaml": null },
    says: ["app", "does not exist"],
  },
];

describe.each(breaks)("$what", ({ name, good, bad, says }) => {
  it("leaves the cluster as it was, people read what and where, and the next good commit goes on", async () => {
    const namespace = await newNamespace(cluster, name);
    const application = `broken-${name}`;
    const first = await stack.push(`broken/${name}`, good);
    await stack.push(control, { [`${name}.yaml`]: applicationYaml(application, { repository: `broken/${name}`, path: "app", namespace }) });
    await synced(stack, application, first);
    const objects = () =>
      kubectl(cluster, ["-n", namespace, "get", "deployments,services,configmaps", "-o", "jsonpath={.items[*].metadata.uid}"]);
    const before = await objects();

    await stack.push(`broken/${name}`, bad);
    const [said] = says;
    // A render that is killed is tried three times, at the sweeper's pace.
    expect(await failed(stack, application, said ?? "", 120)).toMatch(/^[^\n]{20,}/);
    await slackSays(stack, application, "could not be synced", ...says);
    expect(await objects()).toBe(before);
    expect(slackTexts(stack, application).filter((text) => text.includes("could not be synced"))).toHaveLength(1);

    const undo = Object.fromEntries(Object.keys(bad).map((path) => [path, good[path] ?? null]));
    const mended = await stack.push(`broken/${name}`, { ...undo, "app/more.txt": "Mended.\n" }, "Mend it");
    await synced(stack, application, mended);
    await slackSays(stack, application, "is synced", mended.slice(0, 7), "Mend it");
    expect(await objects()).toBe(before);
  });
});
