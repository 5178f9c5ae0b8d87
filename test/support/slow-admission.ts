import { createServer } from "node:https";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { certificateFor, kubectl } from "./control-plane.ts";
import { eventually } from "./eventually.ts";
import { listen } from "./listen.ts";

const Review = z.object({ request: z.object({ uid: z.string(), name: z.string() }) });

export interface SlowAdmission {
  /** How many writes wait for a word. */
  waiting(): number;
  /** From now on writes to the namespace's ConfigMaps wait, for 30 s at most: that is the longest a cluster waits for a webhook. */
  hold(): void;
  /** Lets go of what waits, and of all that comes. */
  release(): void;
  stop(): Promise<void>;
}

/** A validating webhook in the cluster that lets every ConfigMap of one namespace pass, at once or when it is told to. */
export const slowAdmission = async (cluster: { kubeconfig: string }, namespace: string): Promise<SlowAdmission> => {
  const { ca, cert, key } = await certificateFor(cluster);
  const held: (() => void)[] = [];
  const seen: string[] = [];
  let holding = false;
  const server = createServer({ cert, key }, async (request, response) => {
    const { uid, name } = Review.parse(JSON.parse(await text(request))).request;
    seen.push(name);
    const answer = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: { uid, allowed: true } };
    const pass = () => void response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
    if (holding) held.push(pass);
    else pass();
  });
  const url = `https://127.0.0.1:${await listen(server)}`;
  await kubectl(cluster, ["apply", "-f", "-"], configuration(namespace, url, ca));
  await eventually("the cluster asks its new webhook", async () => {
    await kubectl(cluster, ["-n", namespace, "create", "configmap", "probe", "--dry-run=server"]);
    return seen.includes("probe");
  });
  const release = () => {
    holding = false;
    for (const pass of held.splice(0)) pass();
  };
  return {
    waiting: () => held.length,
    hold: () => {
      holding = true;
    },
    release,
    stop: async () => {
      release();
      await kubectl(cluster, ["delete", "validatingwebhookconfiguration", namespace]);
      server.close();
      server.closeAllConnections();
    },
  };
};

const configuration = (namespace: string, url: string, ca: string): string =>
  JSON.stringify({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: namespace },
    webhooks: [
      {
        name: "slow.test.example",
        clientConfig: { url, caBundle: Buffer.from(ca).toString("base64") },
        rules: [{ operations: ["CREATE", "UPDATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["configmaps"] }],
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        timeoutSeconds: 30,
        failurePolicy: "Fail",
      },
    ],
  });
