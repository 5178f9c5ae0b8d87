import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../shared/model/json.ts";
import { windowsFor } from "../../../shared/policy/sync-windows.ts";
import { anApplication } from "./applications.ts";

const application = anApplication();
const cluster = { name: "eu-1", server: "https://10.0.0.1:6443" };
const isUnder = (window: JsonObject, asked = application): boolean => {
  const usual = { kind: "deny", schedule: "0 22 * * *", duration: "8h" };
  const project = { name: "shop", description: "", spec: { syncWindows: [{ ...usual, ...window }] } };
  return windowsFor(project, asked, cluster).length === 1;
};

describe("an Application is under a sync window", () => {
  it.each<[string, JsonObject, boolean]>([
    ["by its name", { applications: ["web"] }, true],
    ["by a glob of its name", { applications: ["api", "w*"] }, true],
    ["not by another name", { applications: ["we"] }, false],
    ["by its destination's namespace", { namespaces: ["prod*"] }, true],
    ["by its cluster's server", { clusters: ["https://10.0.*"] }, true],
    ["by its cluster's name, although it gives the server", { clusters: ["eu-?"] }, true],
    ["by one of the lists, where one is enough", { applications: ["api"], namespaces: ["production"] }, true],
    ["by none of the lists", { applications: ["api"], namespaces: ["staging"], clusters: ["us-*"] }, false],
    ["not by a window that says nothing", {}, false],
    ["not by empty lists", { applications: [], namespaces: [], clusters: [] }, false],
    ["not by empty lists with andOperator either", { andOperator: true, applications: [] }, false],
    ["with andOperator, by all lists that are given", { andOperator: true, applications: ["*"], clusters: ["eu-1"] }, true],
    ["with andOperator, not by some of them", { andOperator: true, applications: ["web"], namespaces: ["staging"] }, false],
    ["with andOperator, not by the last of them only", { andOperator: true, applications: ["api"], namespaces: ["production"] }, false],
    ["with andOperator, by the only list", { andOperator: true, namespaces: ["production"] }, true],
  ])("%s", (_, window, under) => {
    expect(isUnder(window)).toBe(under);
  });

  it("of its own project only, and under none where nobody declared that project", () => {
    expect(windowsFor(undefined, application, cluster)).toEqual([]);
  });

  it("whose stored form cannot be read by nobody: nothing is let through", () => {
    expect(() => isUnder({ schedule: "never", applications: ["*"] })).toThrow(
      "AppProject shop cannot be used: spec.syncWindows[0].schedule",
    );
  });
});
