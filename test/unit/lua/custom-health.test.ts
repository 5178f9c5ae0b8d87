import { describe, expect, it } from "vitest";
import { healthOf } from "../../../shared/health/health.ts";
import { customHealth } from "../../../shared/lua/custom-health.ts";
import { noCustomizations } from "../../../shared/model/customizations.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";

const deployment: Manifest = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", managedFields: [{ manager: "fairlead" }] },
  spec: { replicas: 1 },
  status: { phase: "Fine" },
};

const rules = (...rows: readonly (readonly [string, string, string])[]) => {
  let runs = 0;
  const health = rows.map(([group, kind, lua]) => ({
    group,
    kind,
    source: `argocd-cm resource.customizations.health.${group}_${kind}`,
    lua,
  }));
  return { judge: customHealth({ ...noCustomizations, health }, () => ++runs), runs: () => runs };
};
const judged = (lua: string) => rules(["apps", "Deployment", lua]).judge(deployment);

describe("users' own health scripts", () => {
  it("win over the rules that are built in", () => {
    const { judge } = rules(["apps", "Deployment", "return {status = 'Suspended', message = obj.status.phase}"]);
    expect(healthOf(deployment, judge)).toEqual({ status: "Suspended", message: "Fine" });
  });

  it("leave other kinds to them", () => {
    const { judge } = rules(["apps", "StatefulSet", "return {status = 'Healthy'}"]);
    expect(judge(deployment)).toBe("built-in");
    expect(customHealth(noCustomizations, () => 0)(deployment)).toBe("built-in");
  });

  it("hold by wildcards, after what names the kind", () => {
    const { judge } = rules(
      ["*", "*", "return {status = 'Degraded'}"],
      ["apps", "Deploy*", "return {status = 'Missing'}"],
      ["apps", "Deployment", "return {status = 'Healthy'}"],
    );
    expect(judge(deployment)).toEqual({ status: "Healthy" });
    expect(judge({ ...deployment, kind: "DaemonSet" })).toEqual({ status: "Degraded" });
  });

  it("may say nothing, and the object has no health", () => {
    expect(judged("return {}")).toBeUndefined();
    expect(judged("")).toBeUndefined();
    expect(healthOf(deployment, rules(["apps", "Deployment", "return nil"]).judge)).toBeUndefined();
  });

  it("see the object without the server's bookkeeping", () => {
    expect(judged("return {status = 'Healthy', message = tostring(obj.metadata.managedFields)}")).toEqual({
      status: "Healthy",
      message: "nil",
    });
  });

  it.each([
    [
      "return obj.nothing.there",
      "argocd-cm resource.customizations.health.apps_Deployment, line 1: attempt to index a nil value (field 'nothing')",
    ],
    ["return 'Healthy'", "a script returns a table with a status, and this one returned a string"],
    ["return {'Healthy'}", "this one returned a list"],
    ["return {status = 'Fine'}", '"Fine" is no health status; a script returns one of Healthy, Progressing'],
    ["return {message = 'x'}", "null is no health status"],
  ])("that fail make the object Unknown, with the error's words: %s", (lua, words) => {
    const health = judged(lua);
    expect(health).toMatchObject({ status: "Unknown" });
    expect(JSON.stringify(health)).toContain(JSON.stringify(words).slice(1, -1));
  });

  it("are not run for ever when they do not end", () => {
    const { judge, runs } = rules(["apps", "Deployment", "while true do end"]);
    for (let each = 0; each < 3; each++) expect(judge(deployment)).toMatchObject({ status: "Unknown" });
    const before = runs();
    expect(judge(deployment)).toMatchObject({ message: expect.stringContaining("was stopped 3 times and is not run again for now") });
    expect(runs()).toBe(before);
  });
});
