import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { inject } from "vitest";
import { z } from "zod";
import { loopbackCertificate } from "../../infra/local/control-plane/credentials.ts";
import { kubectl } from "./kubectl.ts";

export { kubectl } from "./kubectl.ts";

const TestControlPlane = z.object({ name: z.string(), server: z.string(), ca: z.string(), token: z.string(), kubeconfig: z.string() });
/** A real cluster that all tests of a run share: keep to a namespace of your own (`newNamespace`), and never take it down. */
export type TestControlPlane = z.infer<typeof TestControlPlane>;

/**
 * The shared control plane of that name, started when a test first asks. Another name is another cluster; a test that stops a
 * cluster or gives its API server arguments starts its own with `startControlPlane`.
 */
export async function testControlPlane(name = "test"): Promise<TestControlPlane> {
  const answer = await fetch(`${inject("controlPlanes")}${name}`);
  if (!answer.ok) throw new Error(`no control plane: ${await answer.text()}`);
  return TestControlPlane.parse(await answer.json());
}

/** What a test's own HTTPS server on 127.0.0.1 needs so that the cluster's API server trusts it, for admission and token webhooks. */
export const certificateFor = (cluster: { kubeconfig: string }) => loopbackCertificate(dirname(cluster.kubeconfig));

/** Creates a namespace that no other test has, with its default service account in place, and answers its name. */
export async function newNamespace(cluster: { kubeconfig: string }, prefix = "test"): Promise<string> {
  const name = `${prefix}-${randomBytes(4).toString("hex")}`;
  await kubectl(cluster, ["create", "namespace", name]);
  return name;
}

/** Waits until kubectl says that the object (`job/migrate`, `pod --all`) meets the condition, such as `condition=Available` or `jsonpath={.status.phase}=Failed`. */
export async function waitFor(cluster: { kubeconfig: string }, namespace: string, object: string, condition: string, seconds = 20) {
  await kubectl(cluster, ["-n", namespace, "wait", ...object.split(" "), `--for=${condition}`, `--timeout=${seconds}s`]);
}
