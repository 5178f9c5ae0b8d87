import { Duration, RemovalPolicy, Size, type Stack } from "aws-cdk-lib";
import { type PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  Code,
  type FunctionOptions,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Bundle } from "../bundling/bundle-functions.ts";
import { type FunctionName, functions } from "../topology.ts";
import { functionNameOf } from "./names.ts";
import { allow } from "./permissions.ts";

export interface FunctionPart {
  readonly name: FunctionName;
  readonly bundles: readonly Bundle[];
  readonly environment: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatement[];
  /** Where it may write its log; the cage has no right to. */
  readonly logs: boolean;
  readonly options?: FunctionOptions;
}

/** Room for the one commit that a fetch has unpacked, and for a chart's files in the cage. */
const temporaryStorage: Partial<Record<FunctionName, Size>> = { fetch: Size.gibibytes(4), cage: Size.gibibytes(2) };

/** One function with a role of its own, which may do what `statements` say and write its own log. */
export const makeFunction = (stack: Stack, { name, bundles, environment, statements, logs, options }: FunctionPart): LambdaFunction => {
  const id = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const { timeout, memory } = functions[name];
  const logGroup = logs
    ? new LogGroup(stack, `${id}Log`, { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY })
    : undefined;
  const role = new Role(stack, `${id}Role`, { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
  for (const statement of statements) role.addToPolicy(statement);
  if (logGroup) role.addToPolicy(allow(["logs:CreateLogStream", "logs:PutLogEvents"], [logGroup.logGroupArn]));

  const storage = temporaryStorage[name];
  return new LambdaFunction(stack, id, {
    functionName: functionNameOf(stack, name),
    runtime: Runtime.NODEJS_24_X,
    // The Git library and the tools of the layer are x86-64.
    architecture: Architecture.X86_64,
    handler: "index.handler",
    code: Code.fromAsset(folderOf(name, bundles), { exclude: ["*.map"] }),
    role,
    memorySize: memory,
    timeout: Duration.seconds(timeout),
    environment: { ...environment },
    loggingFormat: LoggingFormat.JSON,
    systemLogLevelV2: SystemLogLevel.WARN,
    ...(logGroup && { logGroup }),
    ...(storage && { ephemeralStorageSize: storage }),
    ...options,
  });
};

const folderOf = (name: FunctionName, bundles: readonly Bundle[]): string => {
  const bundle = bundles.find((candidate) => candidate.name === name);
  if (!bundle) throw new Error(`the function ${name} has no bundle: functions/${name}/lambda.ts is missing`);
  return bundle.folder;
};
