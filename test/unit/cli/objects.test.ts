import { describe, expect, it } from "vitest";
import { openStack } from "./world.ts";

const deployment = { group: "apps", kind: "Deployment", namespace: "production", name: "web" };

describe("fairlead actions", () => {
  it("lists what can be done to each object, and why something cannot", async () => {
    const { fairlead, json } = await openStack();
    expect((await fairlead("actions web")).out.split("\n")).toEqual([
      "OBJECT                     ACTION   PARAMETERS  NOT NOW, BECAUSE",
      "Deployment production/web  restart",
      "Deployment production/web  scale    replicas=…  an autoscaler does",
    ]);
    expect(await json("actions web Deployment/web")).toContainEqual({ object: deployment, name: "restart", parameters: [] });
    expect((await fairlead("actions web Service/web")).out).toBe("No actions.");
  });

  it("takes an object that one of the Application made, written in full, and says where there is none", async () => {
    const { fairlead } = await openStack();
    expect((await fairlead("actions web batch/Job:production/nightly-1")).error).toBe(
      "fairlead: Job production/nightly-1 is not in the cluster",
    );
    expect((await fairlead("actions web Job/nightly-1")).error).toContain("Application web has no object Job/nightly-1; there are");
  });
});

describe("fairlead action", () => {
  it("runs one with its parameters", async () => {
    const { fairlead, ran } = await openStack();
    expect(await fairlead("action web Deployment/web restart --param reason=a=b -p who=ada")).toEqual({
      out: "  Deployment production/web  configured",
      error: "",
      exitCode: 0,
    });
    expect(ran).toEqual([{ application: "web", object: deployment, action: "restart", parameters: { reason: "a=b", who: "ada" } }]);
  });

  it("ends with 1 where the cluster refuses", async () => {
    const { fairlead } = await openStack();
    expect((await fairlead("action web Deployment/web explode")).exitCode).toBe(1);
  });

  it("says how a parameter is written", async () => {
    const { fairlead, ran } = await openStack();
    const { error, exitCode } = await fairlead("action web Deployment/web scale --param 3");
    expect([error.split("\n")[0], exitCode]).toEqual(["fairlead action: --param 3 is none; write name=value", 2]);
    expect(ran).toEqual([]);
  });
});

describe("fairlead orphans", () => {
  it("lists what no Application owns, and ends with 1", async () => {
    const { fairlead, leave } = await openStack();
    leave({ orphans: [{ ...deployment, name: "left" }], unseen: ["Secret in production"] });
    expect(await fairlead("orphans web")).toEqual({
      out: "Deployment production/left\nNot seen, because the cluster forbids it: Secret in production",
      error: "",
      exitCode: 1,
    });
  });

  it("says where it looked", async () => {
    const { fairlead, json } = await openStack();
    expect((await fairlead("orphans web")).out).toBe("No orphans; looked in production.");
    expect(await json("orphans web")).toEqual({ application: "web", namespaces: ["production"], orphans: [], unseen: [] });
  });
});
