/**
 * The CDK app: `npx cdk deploy -c config=fairlead.yaml`. Synthesises offline from the same bundles that run on one machine. A mistake in the
 * installation file ends it here, before anything is deployed.
 */
import { resolve } from "node:path";
import { App } from "aws-cdk-lib";
import { Failure } from "../../shared/model/failure.ts";
import { bundleFunctions } from "../bundling/bundle-functions.ts";
import { readInstallation } from "./installation.ts";
import { FairleadStack } from "./stack.ts";

const app = new App();
const config: unknown = app.node.tryGetContext("config");
const file = resolve(typeof config === "string" ? config : "fairlead.yaml");
const [installation, bundles] = await Promise.all([readInstallation(file), bundleFunctions()]).catch((error: unknown) => {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message);
  process.exit(1);
});
new FairleadStack(app, "Fairlead", { installation, file, bundles, description: "Fairlead: GitOps for fleets of Kubernetes clusters" });
app.synth();
