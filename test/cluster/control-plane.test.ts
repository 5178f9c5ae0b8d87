import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { callApi } from "../../infra/local/control-plane/api.ts";
import { startControlPlane } from "../../infra/local/control-plane/start.ts";
import { certificateFor, kubectl, newNamespace, testControlPlane, waitFor } from "../support/control-plane.ts";

const pod = (annotations: string, restartPolicy: string) => `
    metadata: { labels: { app: web }, annotations: { ${annotations} } }
    spec: { restartPolicy: ${restartPolicy}, containers: [{ name: web, image: registry.example/web:1 }] }`;

const deployment = (annotations = "") => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 3
  progressDeadlineSeconds: 1
  selector: { matchLabels: { app: web } }
  template: ${pod(annotations, "Always")}`;

const job = (annotations = "") => `
apiVersion: batch/v1
kind: Job
metadata: { name: migrate }
spec:
  backoffLimit: 0
  template: ${pod(annotations, "Never")}`;

const admission = (namespace: string, url: string, ca: string) => `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: ${namespace} }
webhooks:
  - name: seen.example.com
    admissionReviewVersions: [v1]
    sideEffects: None
    clientConfig: { url: "${url}", caBundle: ${Buffer.from(ca).toString("base64")} }
    namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: ${namespace} } }
    rules: [{ apiGroups: [""], apiVersions: [v1], resources: [configmaps], operations: [CREATE] }]`;

async function applied(yaml: string) {
  const cluster = await testControlPlane();
  const namespace = await newNamespace(cluster);
  await kubectl(cluster, ["-n", namespace, "apply", "--server-side", "-f", "-"], yaml);
  return { until: (object: string, condition: string) => waitFor(cluster, namespace, object, condition) };
}

describe("the control plane on one machine", () => {
  it("rolls out a Deployment", async () => {
    await (await applied(deployment())).until("deployment/web", "jsonpath={.status.readyReplicas}=3");
  });

  it("completes a Job", async () => {
    await (await applied(job())).until("job/migrate", "condition=Complete");
  });

  it("fails a Job whose pod is told to fail", async () => {
    await (await applied(job("fairlead.dev/simulate: fail"))).until("job/migrate", "condition=Failed");
  });

  it("lets a Deployment miss its deadline when its pods crash", async () => {
    const { until } = await applied(deployment("fairlead.dev/simulate: fail"));
    await until("deployment/web", 'jsonpath={.status.conditions[?(@.type=="Progressing")].reason}=ProgressDeadlineExceeded');
  });

  it("leaves a pod that is told to hang in Pending", async () => {
    const { until } = await applied(deployment("fairlead.dev/simulate: hang"));
    await until("deployment/web", 'jsonpath={.status.conditions[?(@.type=="Progressing")].reason}=ProgressDeadlineExceeded');
    await until("pod --all", "jsonpath={.status.phase}=Pending");
  });

  it("refuses a client that trusts another authority, and one without the token", async () => {
    const cluster = await testControlPlane();
    await expect(callApi({ ...cluster, ca: "" }, "GET", "/version")).rejects.toThrow(/certificate/);
    expect((await callApi({ ...cluster, token: "guess" }, "GET", "/api/v1/secrets")).status).toBe(401);
    expect((await callApi(cluster, "GET", "/api/v1/secrets")).status).toBe(200);
  });
});

describe("a webhook of the cluster", () => {
  it("may be an HTTPS server on this machine", async () => {
    const cluster = await testControlPlane();
    const { ca, cert, key } = await certificateFor(cluster);
    const reviews: string[] = [];
    const webhook = createServer({ cert, key }, async (request, response) => {
      const review = z.object({ request: z.object({ uid: z.string(), name: z.string() }) }).parse(JSON.parse(await text(request)));
      reviews.push(review.request.name);
      const answer = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: { uid: review.request.uid, allowed: true } };
      response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
    });
    await new Promise<void>((done) => webhook.listen(0, "127.0.0.1", done));
    const address = webhook.address();
    const port = typeof address === "object" ? address?.port : "";
    const namespace = await newNamespace(cluster);
    await kubectl(cluster, ["apply", "-f", "-"], admission(namespace, `https://127.0.0.1:${port}`, ca));
    try {
      const create = () => kubectl(cluster, ["-n", namespace, "create", "configmap", "seen", "--dry-run=server"]);
      // A new webhook is known to the server a moment after it was created.
      await expect.poll(() => create().then(() => reviews)).toContain("seen");
    } finally {
      await kubectl(cluster, ["delete", "validatingwebhookconfiguration", namespace]);
      webhook.close();
      webhook.closeAllConnections();
    }
  });
});

describe("a control plane's folder", () => {
  it("keeps objects, address and credentials over a crash, works on after an outage, and is used by one process at a time", async () => {
    const folder = await mkdtemp(join(tmpdir(), "fairlead-control-plane-"));
    const first = await startControlPlane({ name: "harbor", folder });
    await kubectl(first, ["create", "configmap", "kept", "--from-literal=a=b"]);
    await expect(startControlPlane({ name: "harbor", folder })).rejects.toThrow(/another process runs the control plane/);
    await first.kill();

    const second = await startControlPlane({ name: "harbor", folder });
    try {
      expect(second).toMatchObject({ server: first.server, ca: first.ca, token: first.token });
      expect(await kubectl(second, ["get", "configmap", "kept", "-o", "jsonpath={.data.a}"])).toBe("b");

      await second.stopApiServer();
      await expect(callApi(second, "GET", "/readyz")).rejects.toThrow(/ECONNREFUSED/);
      await second.startApiServer();
      expect((await callApi(second, "GET", "/readyz")).status).toBe(200);

      await kubectl(second, ["apply", "--server-side", "-f", "-"], deployment());
      await waitFor(second, "default", "deployment/web", "jsonpath={.status.readyReplicas}=3");
    } finally {
      await second.stop();
      await rm(folder, { recursive: true });
    }
  });
});
