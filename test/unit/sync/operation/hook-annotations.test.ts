import { describe, expect, it } from "vitest";
import { hookTasks, isHook, phasesOf } from "../../../../shared/sync/operation/hooks.ts";
import { job } from "../../../support/sync-world.ts";

const annotated = (annotations: Readonly<Record<string, string>>) => ({ ...job("migrate"), metadata: { name: "migrate", annotations } });
const argo = (hook: string) => annotated({ "argocd.argoproj.io/hook": hook });
const helm = (hook: string) => annotated({ "helm.sh/hook": hook });

const run = { application: "web", operation: "3.1", revision: "0123456789abcdef", startedAt: 1_700_000_000_999 };

describe("the phases of a hook", () => {
  it.each([
    ["PreSync", ["PreSync"]],
    ["PostSync,PreSync", ["PreSync", "PostSync"]],
    [" Sync , SyncFail ", ["Sync", "SyncFail"]],
    ["PreDelete", ["PreDelete"]],
    ["PostDelete", ["PostDelete"]],
    ["Skip", []],
    ["PreSync,Skip", []],
    ["presync", []],
    ["garbage", []],
    ["garbage,PostSync", ["PostSync"]],
  ])("are those that Argo CD's annotation names: %j", (text, phases) => {
    expect(phasesOf(argo(text))).toEqual(phases);
    expect(isHook(argo(text))).toBe(true);
  });

  it.each([
    ["pre-install", ["PreSync"]],
    ["pre-upgrade", ["PreSync"]],
    ["pre-install,pre-upgrade", ["PreSync"]],
    ["post-install", ["PostSync"]],
    ["post-upgrade,pre-upgrade", ["PreSync", "PostSync"]],
    ["pre-delete", ["PreDelete"]],
    ["post-delete", ["PostDelete"]],
    ["pre-rollback", []],
    ["post-rollback", []],
    ["test", []],
    ["test-success", []],
    ["test,post-install", ["PostSync"]],
  ])("are what Argo CD makes of Helm's: %j", (text, phases) => {
    expect(phasesOf(helm(text))).toEqual(phases);
    expect(isHook(helm(text))).toBe(true);
  });

  it("are Argo CD's where the object has a type of both, and Helm's where Argo CD's names none", () => {
    const both = (hook: string) => annotated({ "argocd.argoproj.io/hook": hook, "helm.sh/hook": "pre-install" });
    expect(phasesOf(both("PostSync"))).toEqual(["PostSync"]);
    expect(phasesOf(both("garbage"))).toEqual(["PreSync"]);
  });

  it("are none for an object like any other: no annotation, an empty one, or crd-install", () => {
    expect([isHook(job("web")), isHook(argo("")), isHook(helm("crd-install"))]).toEqual([false, false, false]);
  });
});

describe("the delete policies of a hook", () => {
  const policies = (argoPolicy?: string, helmPolicy?: string) =>
    hookTasks(
      [
        annotated({
          "argocd.argoproj.io/hook": "Sync",
          ...(argoPolicy !== undefined && { "argocd.argoproj.io/hook-delete-policy": argoPolicy }),
          ...(helmPolicy !== undefined && { "helm.sh/hook-delete-policy": helmPolicy }),
        }),
      ],
      run,
    )[0]?.policies;

  it.each([
    [undefined, undefined, ["BeforeHookCreation"]],
    ["", undefined, ["BeforeHookCreation"]],
    ["garbage", undefined, ["BeforeHookCreation"]],
    ["HookSucceeded", undefined, ["HookSucceeded"]],
    ["HookFailed,HookSucceeded", undefined, ["HookSucceeded", "HookFailed"]],
    [undefined, "hook-succeeded", ["HookSucceeded"]],
    [undefined, "before-hook-creation,hook-failed", ["BeforeHookCreation", "HookFailed"]],
    ["garbage", "hook-failed", ["HookFailed"]],
    ["HookFailed", "hook-succeeded", ["HookFailed"]],
  ])("of %j and Helm's %j", (own, helms, expected) => {
    expect(policies(own, helms)).toEqual(expected);
  });
});

describe("the run of a hook", () => {
  it("is a task per phase, in the wave of its annotation or of Helm's weight", () => {
    const hook = annotated({
      "argocd.argoproj.io/hook": "PreSync,PostSync",
      "argocd.argoproj.io/sync-wave": "-2",
      "helm.sh/hook-weight": "5",
    });
    expect(hookTasks([hook], run).map(({ phase, wave }) => `${phase} ${wave}`)).toEqual(["PreSync -2", "PostSync -2"]);
    const weighted = annotated({ "helm.sh/hook": "pre-install", "helm.sh/hook-weight": "5" });
    expect(hookTasks([weighted], run).map(({ wave }) => wave)).toEqual([5]);
  });

  it("is named <generateName><rev7>-<phase>-<seconds of the start> and marked as this operation's", () => {
    const hook = { ...argo("PostSync"), metadata: { ...argo("PostSync").metadata, name: "", generateName: "smoke-" } };
    const [task] = hookTasks([hook], run);
    expect(task?.key.name).toBe("smoke-0123456-postsync-1700000000");
    expect(task?.manifest.metadata).toMatchObject({
      finalizers: ["argocd.argoproj.io/hook-finalizer"],
      annotations: {
        "fairlead.dev/operation": "3.1.PostSync",
        "argocd.argoproj.io/tracking-id": expect.stringMatching(/^web:batch\/Job:/),
      },
    });
    expect(task?.manifest.metadata.generateName).toBeUndefined();
  });
});
