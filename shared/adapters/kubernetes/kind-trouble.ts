import { Failure } from "../../model/failure.ts";
import type { Send } from "./requests.ts";

/** It is everywhere, and read from where all objects are. */
const probed = "/api/v1/namespaces/kube-system";

/**
 * What a read that the server answers with an error means: trouble of that kind alone, such as of its conversion webhook (KindUnavailable), as long
 * as the server reads something else; else its own (ClusterUnreachable).
 */
export const kindTrouble = async (cluster: string, send: Send, message: string): Promise<Failure> => {
  const { status } = await send({ method: "GET", path: probed });
  return new Failure(status < 500 ? "KindUnavailable" : "ClusterUnreachable", cluster, message);
};
