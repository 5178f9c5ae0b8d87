import { fileURLToPath } from "node:url";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { openPresigner, s3ArtifactUrls } from "../../shared/adapters/artifacts/presign.ts";
import { clientOptions } from "../../shared/adapters/aws/clients.ts";
import { lambdaCage } from "../../shared/adapters/cage/lambda.ts";
import { namespacesCage } from "../../shared/adapters/cage/namespaces.ts";
import type { Artifacts } from "../../shared/ports/artifacts.ts";
import type { Cage } from "../../shared/ports/cage.ts";

/** A signed URL lives as long as an invocation of the cage may take, and its start. */
const urlSeconds = 120;

/** `lambda:<function>`, `here:<folder of kubectl and helm>` or `uncaged:<folder>`. The cage's bundle lies beside the one of render. */
export const cageOf = (environment: { readonly FAIRLEAD_CAGE: string; readonly FAIRLEAD_BUCKET: string }, artifacts: Artifacts): Cage => {
  const [kind = "", ...rest] = environment.FAIRLEAD_CAGE.split(":");
  const place = rest.join(":");
  if (kind === "lambda") {
    const client = new LambdaClient({ ...clientOptions, requestHandler: { ...clientOptions.requestHandler, requestTimeout: 90_000 } });
    const urls = s3ArtifactUrls(openPresigner(), environment.FAIRLEAD_BUCKET, urlSeconds);
    return lambdaCage({ client, functionName: place, urls, artifacts });
  }
  return namespacesCage({
    program: fileURLToPath(new URL("../cage/index.mjs", import.meta.url)),
    node: process.execPath,
    tools: { kubectl: `${place}/kubectl`, helm: `${place}/helm` },
    uncaged: kind === "uncaged",
  });
};
