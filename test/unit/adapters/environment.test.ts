import { describe, expect, it } from "vitest";
import { functions } from "../../../infra/topology.ts";
import { environmentFor, readEnvironment } from "../../../shared/adapters/environment.ts";

const all = {
  FAIRLEAD_TABLE: "fairlead",
  FAIRLEAD_BUCKET: "fairlead-artifacts",
  FAIRLEAD_PUSHES: "https://sqs.example/1/pushes",
  FAIRLEAD_RENDERS: "https://sqs.example/1/renders",
  FAIRLEAD_NOTICES: "https://sqs.example/1/notices",
  FAIRLEAD_SYNCS: '{"public":"https://sqs.example/1/syncs-public"}',
  FAIRLEAD_SECRETS: "secretsmanager:fairlead/",
  FAIRLEAD_CONFIG: "/opt/fairlead.yaml",
  FAIRLEAD_CAGE: "lambda:fairlead-cage",
};

describe("a function's environment", () => {
  it("reads what the infrastructure sets, for every function there is", () => {
    const owners: (keyof typeof functions)[] = ["webhook", "fetch", "render", "cage", "sync", "scan", "notify"];
    expect(owners.toSorted()).toEqual(Object.keys(functions).toSorted());
    for (const owner of owners) {
      const given = environmentFor(owner, all);
      expect(Object.keys(readEnvironment(owner, given)).toSorted()).toEqual(Object.keys(given).toSorted());
    }
  });

  it("tells the cage of nothing, and the webhook of no bucket", () => {
    expect(environmentFor("cage", all)).toEqual({});
    expect(Object.keys(environmentFor("webhook", all))).not.toContain("FAIRLEAD_BUCKET");
  });

  it("gives the syncs queues by network", () => {
    expect(readEnvironment("sync", all).FAIRLEAD_SYNCS).toEqual({ public: "https://sqs.example/1/syncs-public" });
  });

  it("names everything that is missing or wrong at once", () => {
    const given = { FAIRLEAD_TABLE: "fairlead", FAIRLEAD_SECRETS: "vault:x", FAIRLEAD_NOTICES: "not a url", FAIRLEAD_SYNCS: "{" };
    expect(() => readEnvironment("sync", given)).toThrow(
      /FAIRLEAD_BUCKET is missing.*FAIRLEAD_PUSHES is missing.*FAIRLEAD_SYNCS is wrong.*FAIRLEAD_NOTICES is wrong.*FAIRLEAD_SECRETS is wrong \(must be one of secretsmanager:…, folder:…\).*FAIRLEAD_CONFIG is missing/,
    );
  });
});
