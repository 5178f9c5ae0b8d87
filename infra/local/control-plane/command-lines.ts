import { join } from "node:path";
import { credentialFiles } from "./credentials.ts";
import type { ProgramName } from "./programs.ts";

export const portNames = ["api", "etcdClient", "etcdPeer"] as const;
export type PortName = (typeof portNames)[number];

/** The arguments of each program. Everything listens on 127.0.0.1 only. */
export function commandLines(
  folder: string,
  port: (name: PortName) => number,
  extraApiServerArgs: readonly string[],
): Record<ProgramName, readonly string[]> {
  const files = credentialFiles(folder);
  const etcdClient = `http://127.0.0.1:${port("etcdClient")}`;
  const etcdPeer = `http://127.0.0.1:${port("etcdPeer")}`;
  return {
    etcd: [
      `--data-dir=${join(folder, "etcd")}`,
      `--listen-client-urls=${etcdClient}`,
      `--advertise-client-urls=${etcdClient}`,
      `--listen-peer-urls=${etcdPeer}`,
      `--initial-advertise-peer-urls=${etcdPeer}`,
      `--initial-cluster=default=${etcdPeer}`,
      // Survives our crash, not the machine's: the right trade for tests and one's own machine.
      "--unsafe-no-fsync",
      "--log-level=warn",
    ],
    "kube-apiserver": [
      `--etcd-servers=${etcdClient}`,
      "--bind-address=127.0.0.1",
      // Said explicitly because the server otherwise looks for a network route, and refuses to start on a machine that is offline.
      "--advertise-address=127.0.0.1",
      "--endpoint-reconciler-type=none",
      `--secure-port=${port("api")}`,
      `--cert-dir=${files.serving}`,
      `--token-auth-file=${files.tokens}`,
      "--authorization-mode=RBAC",
      `--service-account-key-file=${files.serviceAccountPublicKey}`,
      `--service-account-signing-key-file=${files.serviceAccountKey}`,
      "--service-account-issuer=https://kubernetes.default.svc",
      // A /24 would end at 254 Services.
      "--service-cluster-ip-range=10.0.0.0/16",
      ...extraApiServerArgs,
    ],
    "kube-controller-manager": [
      `--kubeconfig=${files.kubeconfig}`,
      `--service-account-private-key-file=${files.serviceAccountKey}`,
      `--root-ca-file=${files.certificate}`,
      "--use-service-account-credentials=false",
      "--leader-elect=false",
      "--secure-port=0",
      "--controllers=*,-nodeipam,-node-route-controller,-service-lb-controller",
      // The only node is a pretence whose heartbeats may stop with us for days.
      "--node-monitor-grace-period=8760h",
    ],
    "kube-scheduler": [`--kubeconfig=${files.kubeconfig}`, "--leader-elect=false", "--secure-port=0"],
    kwok: [`--kubeconfig=${files.kubeconfig}`, "--manage-all-nodes=true", `--config=${join(import.meta.dirname, "stages.yaml")}`],
  };
}
