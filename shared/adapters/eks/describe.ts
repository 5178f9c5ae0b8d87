import { DescribeClusterCommand, EKSClient } from "@aws-sdk/client-eks";
import type { EksAddress } from "../../model/cluster.ts";
import { Failure } from "../../model/failure.ts";
import { clientOptions } from "../aws/clients.ts";
import type { EksCluster, EksLocation } from "./cluster.ts";
import { credentialsFor } from "./credentials.ts";
import { failureOfAws } from "./failures.ts";
import { tokensFor } from "./token.ts";

/** Endpoint and CA from eks:DescribeCluster, tokens from the credentials that may ask for it. */
export const describeCluster = async (name: string, { cluster, region }: EksLocation, address: EksAddress): Promise<EksCluster> => {
  const credentials = credentialsFor(name, address, region);
  const client = new EKSClient({ ...clientOptions, region, credentials });
  try {
    const answer = await client.send(new DescribeClusterCommand({ name: cluster }));
    const { endpoint, certificateAuthority, status } = answer.cluster ?? {};
    if (endpoint === undefined || certificateAuthority?.data === undefined) {
      throw new Failure(
        "ClusterUnreachable",
        name,
        `Cluster ${name}: EKS has no endpoint for ${cluster} yet, its status is ${status ?? "unknown"}.`,
      );
    }
    return { endpoint, caData: certificateAuthority.data, token: tokensFor(cluster, region, credentials, Date.now) };
  } catch (error) {
    throw failureOfAws(name, `eks:DescribeCluster of ${cluster} in ${region}`, error);
  } finally {
    client.destroy();
  }
};
