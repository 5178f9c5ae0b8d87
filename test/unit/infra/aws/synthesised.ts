import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { App } from "aws-cdk-lib";
import { Annotations, Match, Template } from "aws-cdk-lib/assertions";
import * as z from "zod";
import { readInstallation } from "../../../../infra/aws/installation.ts";
import { FairleadStack } from "../../../../infra/aws/stack.ts";
import { functions } from "../../../../infra/topology.ts";
import type { Installation } from "../../../../shared/config/schema.ts";

const Resource = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.unknown().optional(),
});
const Statement = z.looseObject({
  Effect: z.string(),
  Action: z.union([z.string(), z.array(z.string())]).transform((action) => [action].flat()),
  Resource: z.unknown().transform((resource) => [resource].flat()),
  Condition: z.unknown().optional(),
});
const Policy = z.looseObject({
  PolicyDocument: z.object({ Statement: z.array(Statement) }),
  Roles: z.array(z.object({ Ref: z.string() })),
});
const Lambda = z.looseObject({
  FunctionName: z.string(),
  Role: z.object({ "Fn::GetAtt": z.tuple([z.string(), z.literal("Arn")]) }),
  TenancyConfig: z.unknown().optional(),
  VpcConfig: z.unknown().optional(),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }).default({ Variables: {} }),
});

export type Statement = z.output<typeof Statement>;

/** The stack as CloudFormation gets it, made from bundles that hold nothing. */
export const synthesise = async (names: readonly string[] = Object.keys(functions), change: Partial<Installation> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), "stack-"));
  const bundles = names.map((name) => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "index.mjs"), `export const handler = "${name}";`);
    return { name, folder: join(folder, name), bytes: 1, made: true };
  });
  const file = resolve("infra/aws/fairlead.example.yaml");
  try {
    const app = new App({ outdir: join(folder, "out") });
    const stack = new FairleadStack(app, "Fairlead", { installation: { ...(await readInstallation(file)), ...change }, file, bundles });
    const warnings = Annotations.fromStack(stack).findWarning("*", Match.anyValue());
    return { ...readable(Template.fromStack(stack)), warnings: warnings.map(({ entry }) => String(entry.data)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const readable = (template: Template) => {
  const resources = z.record(z.string(), Resource).parse(template.toJSON().Resources);
  const ofType = (type: string) =>
    Object.entries(resources).flatMap(([id, resource]) => (resource.Type === type ? [{ id, ...resource }] : []));
  const lambdas = ofType("AWS::Lambda::Function").map(({ id, Properties }) => ({ id, ...Lambda.parse(Properties) }));
  const policies = ofType("AWS::IAM::Policy").map(({ Properties }) => Policy.parse(Properties));
  const lambda = (name: string) => {
    const found = lambdas.find(({ FunctionName }) => FunctionName === `fairlead-${name}`);
    if (!found) throw new Error(`no function ${name}`);
    return found;
  };
  return {
    template,
    ofType,
    lambda,
    /** All that a function's role may do. */
    statementsOf: (name: string): readonly Statement[] => {
      const [role] = lambda(name).Role["Fn::GetAtt"];
      return policies
        .filter(({ Roles }) => Roles.some(({ Ref }) => Ref === role))
        .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
    },
  };
};

export type Synthesised = Awaited<ReturnType<typeof synthesise>>;
