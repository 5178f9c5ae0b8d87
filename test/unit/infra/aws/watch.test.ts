import { describe, expect, it } from "vitest";
import { functions } from "../../../../infra/topology.ts";
import { installationOf } from "../../config/installation.ts";
import { synthesise } from "./synthesised.ts";

const everyWatch = { Targets: [{ Input: '{"scan":"watch"}' }] };
const drift = (text: string) => installationOf(`controlRepository: { repoURL: https://github.com/acme/gitops }\ndrift: ${text}\n`).drift;

describe("a cluster in a network of its own", () => {
  it("was deployed for in silence, though no function is in that network", async () => {
    const clusters = [{ name: "office", network: "vpn" }];
    expect((await synthesise(undefined, { clusters })).warnings).toEqual([
      expect.stringContaining("cluster office is in the network vpn, which has no functions of its own yet"),
    ]);
    expect((await synthesise()).warnings).toEqual([]);
  });
});

describe("watch mode on AWS", () => {
  it("is not there, and costs nothing, unless somebody asks for it", async () => {
    const { template } = await synthesise();
    expect(template.findResources("AWS::Events::Rule", { Properties: everyWatch })).toEqual({});
  });

  it.each([
    ["all clusters", "{ watch: true }"],
    ["one of them", "{ clusters: [{ name: office, watch: true }] }"],
  ])("is woken for %s before the last holder's time is up", async (_, text) => {
    const { template } = await synthesise(undefined, { drift: drift(text) });
    template.hasResourceProperties("AWS::Events::Rule", { ...everyWatch, ScheduleExpression: "rate(4 minutes)" });
    expect(functions.scan.timeout).toBeGreaterThan(270);
  });
});
