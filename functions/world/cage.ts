import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { openPresigner, s3ArtifactUrls } from "../../shared/adapters/artifacts/presign.ts";
import { clientOptions } from "../../shared/adapters/aws/clients.ts";
import { lambdaCage } from "../../shared/adapters/cage/lambda.ts";
import { namespacesCage } from "../../shared/adapters/cage/namespaces.ts";
import type { Cage } from "../../shared/ports/cage.ts";
import { artifactsOf } from "./aws.ts";

interface CageEnvironment {
  readonly FAIRLEAD_CAGE: string;
  readonly FAIRLEAD_BUCKET: string;
}

/** How long the cage may use its URLs: longer than any render, shorter than anything worth stealing them for. Seconds. */
const urlsLast = 300;

/** An invocation is answered when the render ends: longer than the cage's own limit, and not many times over. */
const patience = { requestHandler: { requestTimeout: 130_000, throwOnRequestTimeout: true }, maxAttempts: 2 } as const;

/** `lambda:<function>`, or on one machine `here:<folder of the tools>` and `uncaged:<folder of the tools>`. */
export const cageOf = (environment: CageEnvironment): Cage => {
  const [kind = "", ...rest] = environment.FAIRLEAD_CAGE.split(":");
  const place = rest.join(":");
  if (kind === "lambda") {
    return lambdaCage({
      client: new LambdaClient({ ...clientOptions, ...patience }),
      functionName: place,
      urls: s3ArtifactUrls(openPresigner(), environment.FAIRLEAD_BUCKET, urlsLast),
      artifacts: artifactsOf(environment),
    });
  }
  return namespacesCage({
    // Beside this function's bundle: the very file that is deployed.
    program: fileURLToPath(new URL("../cage/index.mjs", import.meta.url)),
    node: process.execPath,
    tools: { kubectl: join(place, "kubectl"), helm: join(place, "helm") },
    uncaged: kind === "uncaged",
  });
};
