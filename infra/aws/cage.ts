import { KubectlV36Layer } from "@aws-cdk/lambda-layer-kubectl-v36";
import type { Stack } from "aws-cdk-lib";
import { Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { CfnFunction, type Function as LambdaFunction, TenancyConfig } from "aws-cdk-lib/aws-lambda";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { Bundle } from "../bundling/bundle-functions.ts";
import { makeCageNetwork } from "./cage-network.ts";
import { makeFunction } from "./functions.ts";
import { functionArn } from "./names.ts";

/**
 * The rights that Lambda itself needs to put a function into a VPC, as AWS lists them; it checks for them when the function is made, and they
 * cannot be narrowed to resources.
 */
const networkActions = [
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:AssignPrivateIpAddresses",
  "ec2:UnassignPrivateIpAddresses",
];

/**
 * Where people's charts run: no right that its code could use, no way out but to the artifact store by URLs that others have signed, one
 * tenant per execution environment. It writes no log; what its tools say goes back to render.
 */
export const makeCage = (stack: Stack, bundles: readonly Bundle[], bucket: Bucket): LambdaFunction => {
  const itself = { ArnEquals: { "lambda:SourceFunctionArn": functionArn(stack, "cage") } };
  const cage = makeFunction(stack, {
    name: "cage",
    bundles,
    environment: {},
    logs: false,
    statements: [
      new PolicyStatement({ effect: Effect.ALLOW, actions: networkActions, resources: ["*"] }),
      // The credentials that the code could find in its environment are good for nothing at all.
      new PolicyStatement({ effect: Effect.DENY, actions: ["*"], resources: ["*"], conditions: itself }),
    ],
    options: {
      layers: [new KubectlV36Layer(stack, "Tools")],
      tenancyConfig: TenancyConfig.PER_TENANT,
    },
  });
  const resource = cage.node.defaultChild;
  if (!(resource instanceof CfnFunction)) throw new Error("the cage is not a function");
  const { subnetIds, securityGroupIds } = makeCageNetwork(stack, bucket);
  resource.vpcConfig = { subnetIds: [...subnetIds], securityGroupIds: [...securityGroupIds] };
  return cage;
};
