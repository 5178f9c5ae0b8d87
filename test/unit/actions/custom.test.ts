import { describe, expect, it } from "vitest";
import { listActions, planAction } from "../../../shared/actions/plan-action.ts";
import { type Customizations, noCustomizations } from "../../../shared/model/customizations.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";

const now = Date.UTC(2026, 0, 31, 12, 30, 5);
const live: Manifest = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "shop", uid: "u1", resourceVersion: "7", labels: {}, managedFields: [{ manager: "x" }] },
  spec: { replicas: 1, template: { metadata: { creationTimestamp: null }, spec: { containers: [{ name: "a", resources: {} }] } } },
};

const scripts = (definitions: Readonly<Record<string, string>>, discovery = "", mergeBuiltin = false): Customizations => ({
  ...noCustomizations,
  actions: [
    {
      group: "apps",
      kind: "Deployment",
      source: "argocd-cm resource.customizations.actions.apps_Deployment",
      discovery,
      definitions: Object.entries(definitions).map(([name, lua]) => ({ name, lua })),
      mergeBuiltin,
    },
  ],
});
const run = (lua: string, parameters = {}) => planAction(live, "go", parameters, scripts({ go: lua }), now);

describe("users' own actions", () => {
  it("stand in place of ours, or beside them where they say so", () => {
    const own = { go: "return obj" };
    expect(listActions(live, scripts(own), now).map(({ name }) => name)).toEqual(["go"]);
    expect(listActions(live, scripts(own, "return {go = {}}", true), now).map(({ name }) => name)).toEqual([
      "go",
      "restart",
      "scale",
      "pause",
      "resume",
    ]);
    expect(listActions(live, scripts(own, "return {}"), now)).toEqual([]);
  });

  it("are offered as their discovery says, with what they want to be given", () => {
    const discovery = "return {go = {disabled = obj.spec.replicas < 2, params = {{name = 'speed'}}}, stop = {}}";
    expect(listActions(live, scripts({}, discovery), now)).toEqual([
      {
        name: "go",
        parameters: ["speed"],
        disabled: "argocd-cm resource.customizations.actions.apps_Deployment says that it cannot be run now",
      },
      { name: "stop", parameters: [] },
    ]);
    expect(() => planAction(live, "go", {}, scripts({ go: "return obj" }, discovery), now)).toThrow("cannot be asked to go");
    expect(() => planAction(live, "stop", {}, scripts({}, discovery), now)).toThrow("its definition is missing in argocd-cm");
  });

  it("patch what they changed, and nothing that Lua cannot tell apart", () => {
    expect(run("return obj")).toEqual([]);
    expect(run("obj.spec.replicas = tonumber(actionParams['n']) obj.status = {seen = true} return obj", { n: "4" })).toEqual([
      { kind: "patch", part: "status", patch: [{ op: "add", path: "/status", value: { seen: true } }] },
      { kind: "patch", part: "object", patch: [{ op: "replace", path: "/spec/replicas", value: 4 }] },
    ]);
  });

  it("create objects after they patched", () => {
    const lua = `
      local job = {apiVersion = "batch/v1", kind = "Job", metadata = {name = obj.metadata.name .. "-" .. os.date("!%y%m%d%H%M"), namespace = obj.metadata.namespace}}
      obj.spec.replicas = 0
      return {{operation = "create", resource = job}, {operation = "patch", resource = obj}}`;
    expect(run(lua)).toEqual([
      { kind: "patch", part: "object", patch: [{ op: "replace", path: "/spec/replicas", value: 0 }] },
      { kind: "create", manifest: { apiVersion: "batch/v1", kind: "Job", metadata: { name: "web-2601311230", namespace: "shop" } } },
    ]);
  });

  it.each([
    ["obj.metadata.name = 'other' return obj", "cannot be changed at /metadata/name by an action"],
    ["obj.metadata.ownerReferences = {{name = 'x'}} return obj", "cannot be changed at /metadata/ownerReferences"],
    ["return {kind = 'Deployment'}", "would lose"],
    ["return 'x'", "returns neither an object nor a list of operations"],
    ["return {{operation = 'delete', resource = obj}}", '"delete" is no operation; write "create" or "patch"'],
    ["return {{operation = 'create'}}", "an operation has no resource"],
    ["return {{operation = 'create', resource = {kind = 'Job'}}}", "has no apiVersion, kind or metadata.name"],
    [
      "return {{operation = 'create', resource = {apiVersion = 'v1', kind = 'Secret', metadata = {name = 'x', namespace = 'kube-system'}}}}",
      "may create nothing in namespace kube-system",
    ],
    ["return obj.nothing.at.all", "argocd-cm resource.customizations.actions.apps_Deployment (go), line 1: attempt to index"],
  ])("are refused what they may not: %s", (lua, words) => {
    expect(() => run(lua)).toThrow(words);
  });

  it("run Argo CD's own way to write a Job", () => {
    const lua = `
local os = require("os")
function deepCopy(object)
  local lookup_table = {}
  local function _copy(obj)
    if type(obj) ~= "table" then return obj
    elseif lookup_table[obj] then return lookup_table[obj]
    elseif next(obj) == nil then return nil
    else
      local new_table = {}
      lookup_table[obj] = new_table
      for key, value in pairs(obj) do new_table[_copy(key)] = _copy(value) end
      return setmetatable(new_table, getmetatable(obj))
    end
  end
  return _copy(object)
end
local job = {apiVersion = "batch/v1", kind = "Job", metadata = {name = "x", namespace = "shop"}, spec = deepCopy(obj.spec)}
return {[1] = {operation = "create", resource = job}}`;
    expect(run(lua)).toMatchObject([{ kind: "create", manifest: { kind: "Job", spec: { replicas: 1 } } }]);
  });
});
