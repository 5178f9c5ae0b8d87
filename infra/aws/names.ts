import { ArnFormat, type Stack } from "aws-cdk-lib";
import type { FunctionName } from "../topology.ts";

/** Names are fixed, so that a policy can speak of a function that does not exist yet: the cage's denies it everything by its own name. */
export const functionNameOf = (stack: Stack, name: FunctionName): string => `${stack.stackName.toLowerCase()}-${name}`;

export const functionArn = (stack: Stack, name: FunctionName): string =>
  stack.formatArn({
    service: "lambda",
    resource: "function",
    resourceName: functionNameOf(stack, name),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** Ids of the secret store's entries begin with this. */
export const secretPrefix = "fairlead/";
