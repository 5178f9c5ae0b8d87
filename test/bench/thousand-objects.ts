import { connect } from "node:http2";
import type { ControlPlane } from "../../infra/local/control-plane/start.ts";
import type { Manifest } from "../../shared/model/manifest.ts";

/** 1,000 objects of four kinds, and the fastest way there is to write them. */
const perKind = 250;
const inFlight = 32;

/** s */
export const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

export const objects = (namespace: string): readonly Manifest[] => {
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

const paths: Readonly<Record<string, string>> = {
  Namespace: "/api/v1/namespaces",
  ServiceAccount: "serviceaccounts",
  ConfigMap: "configmaps",
  Service: "services",
  Deployment: "deployments",
};

/** One patch an object on one connection: what the server itself takes. */
export const rawPatches = async ({ server, ca, token }: ControlPlane, manifests: readonly Manifest[]): Promise<void> => {
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
