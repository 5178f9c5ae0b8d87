import { type ApiAccess, callApi } from "./api.ts";

const room = { cpu: "1000", memory: "1Ti", pods: "10000", "ephemeral-storage": "10Ti" };

/** The one node, with room for everything. It only pretends to run pods: KWOK plays its kubelet. */
const node = {
  apiVersion: "v1",
  kind: "Node",
  metadata: {
    name: "pretend",
    annotations: { "kwok.x-k8s.io/node": "fake" },
    labels: {
      "kubernetes.io/hostname": "pretend",
      "kubernetes.io/os": "linux",
      "kubernetes.io/arch": "amd64",
      "topology.kubernetes.io/region": "local",
      "topology.kubernetes.io/zone": "local-a",
    },
  },
  status: {
    capacity: room,
    allocatable: room,
    addresses: [{ type: "Hostname", address: "pretend" }],
    nodeInfo: {
      architecture: "amd64",
      operatingSystem: "linux",
      kubeletVersion: "pretend",
      bootID: "",
      containerRuntimeVersion: "",
      kernelVersion: "",
      kubeProxyVersion: "",
      machineID: "",
      osImage: "",
      systemUUID: "",
    },
  },
};

/** Creates the node unless an earlier start did. */
export async function ensureNode(access: ApiAccess): Promise<void> {
  const { status, text } = await callApi(access, "POST", "/api/v1/nodes", node);
  if (status !== 201 && status !== 409) throw new Error(`the pretended node could not be created: ${status} ${text}`);
}
