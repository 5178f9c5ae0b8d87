import { beforeAll, describe, expect, it } from "vitest";
import { rights } from "../../../../infra/aws/rights.ts";
import { keys } from "../../../../shared/state/items.ts";
import { type Statement, type Synthesised, synthesise } from "./synthesised.ts";

let stack: Synthesised;
beforeAll(async () => {
  stack = await synthesise();
});

const names = ["webhook", "fetch", "render", "sync", "scan", "notify"] as const;
const text = (value: unknown) => JSON.stringify(value);
const actionsOf = (statements: readonly Statement[]) => statements.flatMap(({ Action }) => Action);
const resourcesOf = (name: string, action: string) =>
  stack.statementsOf(name).flatMap(({ Action, Resource }) => (Action.includes(action) ? Resource.map(text) : []));

describe("what functions may do (S-12)", () => {
  it("is never said of all resources or by wildcard actions", () => {
    for (const name of names) {
      for (const { Action, Resource } of stack.statementsOf(name)) {
        expect(Resource).not.toContain("*");
        expect(Action.filter((action) => action.includes("*"))).toEqual([]);
      }
    }
    expect(stack.ofType("AWS::IAM::Role").filter(({ Properties }) => Properties.ManagedPolicyArns !== undefined)).toEqual([]);
  });

  it("matches what they are told of: no bucket without its variable, no secret without the store", () => {
    for (const name of names) {
      const told = Object.keys(stack.lambda(name).Environment.Variables);
      const actions = actionsOf(stack.statementsOf(name));
      const may = (action: string) => actions.includes(action);
      expect({
        name,
        bucket: may("s3:GetObject"),
        secrets: may("secretsmanager:GetSecretValue"),
        cage: may("lambda:InvokeFunction"),
      }).toEqual({
        name,
        bucket: told.includes("FAIRLEAD_BUCKET"),
        secrets: told.includes("FAIRLEAD_SECRETS"),
        cage: told.includes("FAIRLEAD_CAGE"),
      });
    }
  });

  it("sends only to the queues it is told of", () => {
    const variables = {
      pushes: "FAIRLEAD_PUSHES",
      renders: "FAIRLEAD_RENDERS",
      "syncs-public": "FAIRLEAD_SYNCS",
      notices: "FAIRLEAD_NOTICES",
    };
    for (const name of names) {
      const told = Object.keys(stack.lambda(name).Environment.Variables);
      const mayTo = rights[name].send.map((queue) => variables[queue]);
      expect(mayTo.toSorted()).toEqual(told.filter((variable) => Object.values(variables).includes(variable)).toSorted());
    }
  });

  it("lets what faces the Internet read its connections' secrets and nothing else, and no artifact", () => {
    expect(resourcesOf("webhook", "secretsmanager:GetSecretValue")).toEqual([
      expect.stringContaining("secret:fairlead/github-webhook-??????"),
    ]);
    expect(resourcesOf("notify", "secretsmanager:GetSecretValue")).toEqual([expect.stringContaining("secret:fairlead/slack-bot-??????")]);
    expect(actionsOf(stack.statementsOf("webhook")).filter((action) => /^(s3|kms|eks|sts|lambda):/.test(action))).toEqual([]);
  });

  it("keeps clusters from the functions that read repositories, and repositories' tools from everything", () => {
    const mayReach = names.filter((name) => actionsOf(stack.statementsOf(name)).includes("eks:DescribeCluster"));
    expect(mayReach).toEqual(["sync", "scan"]);
  });

  it("lets nobody but render write manifests, and nobody but fetch write bundles and inputs", () => {
    const writers = (folder: string) =>
      names.filter((name) => resourcesOf(name, "s3:PutObject").some((resource) => resource.includes(`/${folder}/*`)));
    expect(writers("manifests")).toEqual(["render"]);
    expect(writers("bundles")).toEqual(["fetch"]);
    expect(writers("inputs")).toEqual(["fetch"]);
  });

  it("keeps what faces the Internet within the items of refs, and notify within those of Applications, its own and dead letters", () => {
    const within = (name: string) =>
      stack.statementsOf(name).flatMap(({ Action, Condition }) => (Action.includes("dynamodb:UpdateItem") ? [Condition] : []));
    expect(within("webhook")).toEqual([{ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["repo#*"] } }]);
    expect(within("notify")).toEqual([{ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["app#*", "dead*", "notices#*"] } }]);
    expect(keys.ref("github.com/acme/shop", "refs/heads/main").pk).toMatch(/^repo#/);
    expect(keys.notice("shop", "deployments", "7").pk).toMatch(/^app#/);
    expect(keys.summary("deployments", "7").pk).toMatch(/^notices#/);
    expect(keys.summed("deployments", "7", "shop").pk).toMatch(/^notices#/);
  });

  it("lets only scan ask what is due", () => {
    expect(names.filter((name) => resourcesOf(name, "dynamodb:Query").some((resource) => resource.includes("/index/due")))).toEqual([
      "scan",
    ]);
  });
});

describe("the cage", () => {
  it("has no right that its code could use (G-17)", () => {
    const [network, denial, ...others] = stack.statementsOf("cage");
    expect(others).toEqual([]);
    expect(network?.Action.filter((action) => !action.startsWith("ec2:"))).toEqual([]);
    expect(denial).toMatchObject({ Effect: "Deny", Action: ["*"], Resource: ["*"] });
    expect(text(denial?.Condition)).toMatch(/"ArnEquals":\{"lambda:SourceFunctionArn":.*:function:fairlead-cage"/);
  });

  it("gets nothing from its environment, and one execution environment per tenant (G-16)", () => {
    const { Environment, TenancyConfig } = stack.lambda("cage");
    expect(Environment.Variables).toEqual({});
    expect(TenancyConfig).toEqual({ TenantIsolationMode: "PER_TENANT" });
  });

  it("sits in a network that leads to its folders of the artifact store and nowhere else (G-04)", () => {
    expect(stack.lambda("cage").VpcConfig).toBeDefined();
    for (const type of ["AWS::EC2::InternetGateway", "AWS::EC2::NatGateway", "AWS::EC2::Route", "AWS::EC2::VPCPeeringConnection"]) {
      expect(stack.ofType(type)).toEqual([]);
    }
    const [endpoint, ...others] = stack.ofType("AWS::EC2::VPCEndpoint");
    expect(others).toEqual([]);
    expect(endpoint?.Properties).toMatchObject({ VpcEndpointType: "Gateway" });
    expect(text(endpoint?.Properties.PolicyDocument)).not.toContain("manifests");
  });

  it("is invoked by render only, and fed by no queue", () => {
    expect(names.filter((name) => actionsOf(stack.statementsOf(name)).includes("lambda:InvokeFunction"))).toEqual(["render"]);
    const { id } = stack.lambda("cage");
    const targets = stack.ofType("AWS::Lambda::EventSourceMapping").map(({ Properties }) => text(Properties.FunctionName));
    expect(targets.filter((target) => target.includes(id))).toEqual([]);
    const permitted = stack.ofType("AWS::Lambda::Permission").map(({ Properties }) => text(Properties.FunctionName));
    expect(permitted.filter((target) => target.includes(id))).toEqual([]);
  });
});
