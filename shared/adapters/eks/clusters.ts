import type { EksAddress } from "../../model/cluster.ts";
import { Failure } from "../../model/failure.ts";
import type { EksCluster, EksLocation } from "./cluster.ts";

/** Looks a registered EKS cluster up. Throws DestinationUnknown, ClusterForbidden, ClusterUnreachable, ClusterBusy, ConfigurationInvalid. */
export type DescribeEks = (name: string, address: EksAddress) => Promise<EksCluster>;

/** `name` is the cluster's registered one, for messages. The SDK is loaded by those who have EKS clusters only: it takes 0.1 s. */
export const describeEks: DescribeEks = async (name, address) => {
  const at = locate(name, address);
  const { describeCluster } = await import("./describe.ts");
  return describeCluster(name, at, address);
};

const arn = /^arn:aws[a-z-]*:eks:([a-z0-9-]+):\d{12}:cluster\/([A-Za-z0-9][A-Za-z0-9_-]{0,99})$/;

/** The cluster's own name and region. The token is bound to the name, DescribeCluster wants it, and the ARN holds both. */
export const locate = (name: string, { cluster, region }: EksAddress): EksLocation => {
  const [, arnRegion, arnName] = arn.exec(cluster) ?? [];
  if (arnRegion !== undefined && arnName !== undefined) {
    if (region === undefined || region === arnRegion) return { cluster: arnName, region: arnRegion };
    throw new Failure("ConfigurationInvalid", name, `Cluster ${name}: eks.region is ${region}, but the ARN says ${arnRegion}.`);
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(cluster)) {
    throw new Failure("ConfigurationInvalid", name, `Cluster ${name}: eks.cluster is neither an EKS cluster's ARN nor its name.`);
  }
  if (region !== undefined && /^[a-z0-9-]+$/.test(region)) return { cluster, region };
  throw new Failure("ConfigurationInvalid", name, `Cluster ${name}: eks.cluster is a name, so eks.region must say where the cluster is.`);
};
