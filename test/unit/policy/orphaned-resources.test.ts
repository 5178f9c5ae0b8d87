import { describe, expect, it } from "vitest";
import { parseKey } from "../../../shared/model/resource-key.ts";
import { isNoOrphan } from "../../../shared/policy/orphaned.ts";

const ignored = (text: string, ...ignore: readonly { group?: string; kind?: string; name?: string }[]): boolean => {
  const key = parseKey(text);
  if (!key) throw new Error(text);
  return isNoOrphan(key, { ignore: ignore.map(({ group = "", kind = "", name = "" }) => ({ group, kind, name })) });
};

describe("an object that no Application owns", () => {
  it.each(["/ServiceAccount:shop/default", "/ConfigMap:shop/kube-root-ca.crt", "/Service:default/kubernetes"])(
    "is no orphan when Kubernetes itself made it: %s",
    (key) => {
      expect(ignored(key)).toBe(true);
    },
  );

  it.each(["/ServiceAccount:shop/builder", "/Service:shop/kubernetes", "/ConfigMap:shop/settings", "apps/Deployment:shop/web"])(
    "is an orphan otherwise: %s",
    (key) => {
      expect(ignored(key)).toBe(false);
    },
  );

  it.each<[string, Parameters<typeof ignored>[1], string, boolean]>([
    ["by kind and name", { kind: "ConfigMap", name: "generated-*" }, "/ConfigMap:shop/generated-1", true],
    ["not another name", { kind: "ConfigMap", name: "generated-*" }, "/ConfigMap:shop/settings", false],
    ["by group alone", { group: "*.example.com" }, "db.example.com/Backup:shop/a", true],
    ["by kind in any group, when it says so", { group: "*", kind: "Deployment" }, "apps/Deployment:shop/web", true],
    ["not in another group than the core's, when it says nothing", { kind: "Deployment" }, "apps/Deployment:shop/web", false],
  ])("is none that the project ignores %s", (_, rule, key, answer) => {
    expect(ignored(key, rule ?? {})).toBe(answer);
  });
});
