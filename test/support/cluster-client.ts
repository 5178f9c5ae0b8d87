import { openCluster } from "../../shared/adapters/kubernetes/cluster.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { type TestControlPlane, testControlPlane } from "./control-plane.ts";

/** Our own client on a shared control plane. Close it. */
const connectTo = (controlPlane: TestControlPlane): Cluster => {
  const { name, server, ca, token } = controlPlane;
  return openCluster({ name, server: new URL(server), ca, allowLoopback: true }, { token: async () => token });
};

export const testCluster = async (): Promise<{ controlPlane: TestControlPlane; cluster: Cluster }> => {
  const controlPlane = await testControlPlane();
  return { controlPlane, cluster: connectTo(controlPlane) };
};
