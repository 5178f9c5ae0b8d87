import { describe, expect, it } from "vitest";
import { parseSettings } from "../../../shared/argocd/parse-settings.ts";
import { customizationOf, matchesKind, noCustomizations } from "../../../shared/model/customizations.ts";
import type { JsonObject } from "../../../shared/model/json.ts";
import { manifestOf } from "./manifests.ts";

const read = (data: JsonObject) => parseSettings(manifestOf("v1", "ConfigMap", { name: "argocd-cm" }, { data }));
const rule = (group: string, kind: string, change = {}) => ({
  group,
  kind,
  jsonPointers: [],
  jqPathExpressions: [],
  managedFieldsManagers: [],
  ...change,
});

describe("what argocd-cm leaves to others", () => {
  it("is read per kind, with the group before an underscore", () => {
    const { customizations, problems, warnings } = read({
      "resource.customizations.ignoreDifferences.admissionregistration.k8s.io_MutatingWebhookConfiguration":
        "jsonPointers:\n- /webhooks/0/clientConfig/caBundle\njqPathExpressions:\n- .webhooks[]?.clientConfig.caBundle\n",
      "resource.customizations.ignoreDifferences.ServiceAccount": "managedFieldsManagers: [kube-controller-manager]",
    });
    expect([problems, warnings]).toEqual([[], []]);
    expect(customizations.ignoreDifferences).toEqual([
      rule("admissionregistration.k8s.io", "MutatingWebhookConfiguration", {
        jsonPointers: ["/webhooks/0/clientConfig/caBundle"],
        jqPathExpressions: [".webhooks[]?.clientConfig.caBundle"],
      }),
      rule("", "ServiceAccount", { managedFieldsManagers: ["kube-controller-manager"] }),
    ]);
  });

  it("holds for every kind below .all", () => {
    const { customizations } = read({ "resource.customizations.ignoreDifferences.all": "jsonPointers: [/spec/replicas]" });
    expect(customizations.ignoreDifferences).toEqual([rule("*", "*", { jsonPointers: ["/spec/replicas"] })]);
  });

  it("is also read from the combined form, which knows wildcards, and which the split form beats", () => {
    const { customizations, problems } = read({
      "resource.customizations": [
        '"*.crossplane.io/*":',
        "  ignoreDifferences: |",
        "    jsonPointers: [/spec/forProvider]",
        "apps/Deployment:",
        "  ignoreDifferences: |",
        "    jsonPointers: [/spec/old]",
        "Pod:",
        "  health.lua: return { status = 'Healthy' }",
        "  health.lua.useOpenLibs: true",
      ].join("\n"),
      "resource.customizations.ignoreDifferences.apps_Deployment": "jsonPointers: [/spec/new]",
    });
    expect(problems).toEqual([]);
    expect(customizations.ignoreDifferences).toEqual([
      rule("*.crossplane.io", "*", { jsonPointers: ["/spec/forProvider"] }),
      rule("apps", "Deployment", { jsonPointers: ["/spec/new"] }),
    ]);
    expect(customizations.health).toEqual([
      { group: "", kind: "Pod", source: "argocd-cm resource.customizations (Pod, health.lua)", lua: "return { status = 'Healthy' }" },
    ]);
  });
});

describe("scripts in argocd-cm", () => {
  it("are kept with the place where people find them", () => {
    const { customizations } = read({ "resource.customizations.health.argoproj.io_Application": "return {}" });
    expect(customizations.health).toEqual([
      {
        group: "argoproj.io",
        kind: "Application",
        source: "argocd-cm resource.customizations.health.argoproj.io_Application",
        lua: "return {}",
      },
    ]);
  });

  it("may be actions, in place of ours or beside them", () => {
    const actions = "mergeBuiltinActions: true\ndiscovery.lua: return {}\ndefinitions:\n- name: go\n  action.lua: |\n    return obj\n";
    const { customizations } = read({ "resource.customizations.actions.batch_CronJob": actions });
    expect(customizations.actions).toMatchObject([
      { group: "batch", kind: "CronJob", discovery: "return {}", definitions: [{ name: "go", lua: "return obj\n" }], mergeBuiltin: true },
    ]);
  });

  it("are silent about settings that mean nothing here", () => {
    const quiet = read({
      "resource.customizations.useOpenLibs.apps_Deployment": "true",
      "resource.customizations.ignoreResourceUpdates.all": "jsonPointers: [/status]",
      "resource.customizations.knownTypeFields.x.io_Y": "- field: spec\n  type: core/v1/PodSpec",
    });
    expect(quiet).toEqual({ customizations: noCustomizations, problems: [], warnings: [] });
  });
});

describe("how everything is compared", () => {
  it.each([
    ["", { ignoreAggregatedRoles: false, ignoreResourceStatusField: "all" }],
    ["ignoreAggregatedRoles: true", { ignoreAggregatedRoles: true, ignoreResourceStatusField: "all" }],
    ["ignoreAggregatedRoles: yes\nignoreResourceStatusField: crd", { ignoreAggregatedRoles: true, ignoreResourceStatusField: "crd" }],
    ["ignoreResourceStatusField: none", { ignoreAggregatedRoles: false, ignoreResourceStatusField: "none" }],
    ["ignoreResourceStatusField: off", { ignoreAggregatedRoles: false, ignoreResourceStatusField: "none" }],
    ["ignoreResourceStatusField: false", { ignoreAggregatedRoles: false, ignoreResourceStatusField: "none" }],
  ])("is read from resource.compareoptions %j", (text, compare) => {
    const { customizations, problems } = read({ "resource.compareoptions": text });
    expect(problems).toEqual([]);
    expect(customizations.compare).toEqual(compare);
  });
});

describe("a mistake in argocd-cm", () => {
  it.each([
    ["resource.customizations.ignoreDifferences.apps_Deployment", "jsonPointers: spec", 'jsonPointers is "spec"; write a list'],
    ["resource.customizations.ignoreDifferences.apps_Deployment", "jsonPointers: [spec]", 'has "spec"; a pointer begins with /'],
    ["resource.customizations.ignoreDifferences.apps_Deployment", "a: [\nb", "is no YAML: line 2"],
    ["resource.customizations.ignoreDifferences.a_b_c", "{}", 'names "a_b_c", which is no <group>_<kind>'],
    ["resource.customizations.health.apps_Deployment", "", "holds no script"],
    ["resource.customizations.health.apps_Deployment", 3, "is no string"],
    ["resource.customizations.health", "x", "names no kind"],
    ["resource.customizations.actions.apps_Deployment", "definitions:\n- name: go", "definitions[0]"],
    ["resource.compareoptions", "ignoreResourceStatusField: some", 'has ignoreResourceStatusField "some"; write "all", "crd" or "none"'],
    ["resource.customizations", "a/b/c:\n  health.lua: return {}", "names no <group>/<kind>"],
    ["resource.customizations", "- a", "is no map"],
  ])("in %s (%j) is named and harms no other key", (key, value, words) => {
    const { customizations, problems } = read({
      [key]: value,
      "resource.customizations.ignoreDifferences.Service": "jsonPointers: [/spec/clusterIP]",
    });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`argocd-cm ${key}`);
    expect(problems[0]).toContain(words);
    expect(customizations.ignoreDifferences).toEqual([rule("", "Service", { jsonPointers: ["/spec/clusterIP"] })]);
  });

  it("is only warned of where nothing is lost", () => {
    const { problems, warnings } = read({
      "resource.customizations.colour.apps_Deployment": "blue",
      "resource.customizations.ignoreDifferences.Service": "jsonPointer: [/spec]",
      "dex.config": "connectors: []",
      url: "https://argocd.example.com",
    });
    expect(problems).toEqual([]);
    expect(warnings).toEqual([
      "resource.customizations.colour.apps_Deployment: there is no section colour; it is without effect",
      "resource.customizations.ignoreDifferences.Service: jsonPointer: not known, without effect",
      "dex.config, url: not read yet and without effect",
    ]);
  });
});

describe("a pattern of kinds", () => {
  it.each([
    ["*", "*", "", "Pod", true],
    ["*.crossplane.io", "*", "ec2.aws.crossplane.io", "Instance", true],
    ["*.crossplane.io", "*", "crossplane.io", "Provider", false],
    ["apps", "*Set", "apps", "DaemonSet", true],
    ["apps", "*Set", "apps", "Deployment", false],
    ["", "Pod", "metrics.k8s.io", "Pod", false],
    ["a?", "K*d*", "ab", "Kind", true],
  ])("%s/%s against %s/%s: %s", (group, kind, ofGroup, ofKind, matches) => {
    expect(matchesKind({ group, kind }, ofGroup, ofKind)).toBe(matches);
  });

  it("gives way to a row that names the kind", () => {
    const rows = [
      { group: "*", kind: "*" },
      { group: "apps", kind: "*" },
      { group: "apps", kind: "Deployment" },
    ];
    expect(customizationOf(rows, "apps", "Deployment")).toBe(rows[2]);
    expect(customizationOf(rows, "apps", "StatefulSet")).toBe(rows[0]);
  });

  it("is matched in little time however it is written", () => {
    expect(matchesKind({ group: `${"*a".repeat(100)}b`, kind: "*" }, "a".repeat(10_000), "X")).toBe(false);
  });
});
