import { describe, expect, it } from "vitest";
import type { Health, HealthCheck } from "../../../shared/health/check.ts";
import { findCheck } from "../../../shared/health/find-check.ts";
import {
  always,
  field,
  goodOrBad,
  inList,
  observedAs,
  observedInConditions,
  rule,
  ruleIfAny,
  ruleOfAnyGeneration,
  suspended,
  when,
  withConditions,
} from "../../../shared/health/rules.ts";
import { condition, live } from "./objects.ts";
import { type Fields, said, status } from "./states.ts";

const judge = (check: HealthCheck, fields: Fields = {}): Health | undefined => check(live("example.org/v1", "Widget", fields));

describe("a rule", () => {
  const check = rule(suspended("spec.suspend"), when("Broken", "True", "Degraded"), goodOrBad("Ready"));

  it("is decided by its first clause that says something, in whatever order the conditions stand", () => {
    expect(judge(check, said(["Ready", "True"], ["Broken", "True", "Fuse"]))).toEqual({ status: "Degraded", message: "Fuse" });
    expect(judge(check, { spec: { suspend: true }, ...said(["Broken", "True"]) })?.status).toBe("Suspended");
  });

  it("waits for the controller when no clause says anything", () => {
    expect(judge(check)).toEqual({ status: "Progressing", message: "waiting for its controller to report" });
    expect(judge(ruleIfAny(goodOrBad("Ready")))).toBeUndefined();
  });

  it("calls nothing Healthy by what was observed of an older generation", () => {
    const ready = said(["Ready", "True"]).status;
    expect(judge(check, status({ observedGeneration: 1, ...ready }))?.status).toBe("Progressing");
    expect(judge(check, status({ observedGeneration: 2, ...ready }))?.status).toBe("Healthy");
    expect(judge(check, status({ observedGeneration: 1, ...said(["Ready", "False"]).status }))?.status).toBe("Degraded");
    expect(judge(ruleOfAnyGeneration(goodOrBad("Ready")), status({ observedGeneration: 1, ...ready }))?.status).toBe("Healthy");
    expect(judge(ruleOfAnyGeneration(goodOrBad("Ready")))?.status).toBe("Progressing");
  });

  it("tells what is not Healthy in the object's own words: message, reason, type", () => {
    expect(judge(check, said(["Ready", "False", "NoDisk", "the disk is gone"]))?.message).toBe("the disk is gone");
    expect(judge(check, said(["Ready", "False", "NoDisk"]))?.message).toBe("NoDisk");
    expect(judge(check, said(["Ready", "False"]))?.message).toBe("Ready");
  });
});

describe("a clause", () => {
  it("about a condition can ask for reasons", () => {
    const check = ruleIfAny(when("Ready", "not True", "Degraded", "Failed", "Denied"));
    expect(judge(check, said(["Ready", "False", "Denied"]))?.status).toBe("Degraded");
    expect(judge(check, said(["Ready", "False", "Pending"]))).toBeUndefined();
    expect(judge(check, said(["Ready", "True", "Denied"]))).toBeUndefined();
  });

  it("about a field reads words, numbers and switches, and beginnings of words", () => {
    const check = ruleIfAny(
      field("status.state", { Ready: "Healthy", "3": "Healthy", true: "Healthy", "ERROR*": "Degraded" }, "Progressing"),
    );
    expect(["Ready", 3, true].map((state) => judge(check, status({ state }))?.status)).toEqual(["Healthy", "Healthy", "Healthy"]);
    expect(judge(check, status({ state: "ERROR, no access" }))).toEqual({ status: "Degraded", message: "its state is ERROR, no access" });
    expect(judge(check, status({ state: "Dancing" }))?.status).toBe("Progressing");
    expect([{}, [], null].map((state) => judge(check, status({ state })))).toEqual([undefined, undefined, undefined]);
    expect(judge(check, status({ state: "constructor" }))?.status).toBe("Progressing");
  });

  it("about a list finds the first entry that is named", () => {
    const check = ruleIfAny(inList("status.checks", "level", { Error: "Degraded" }));
    expect(judge(check, status({ checks: [{ level: "Info" }, { level: "Error", name: "dns" }] }))?.message).toBe("dns: level is Error");
    expect(judge(check, status({ checks: [{ level: "Info" }] }))).toBeUndefined();
  });

  it("can ask for the generation that was judged, wherever a controller writes it", () => {
    const elsewhere = rule(observedAs("status.evaluated"), always("Healthy"));
    expect(judge(elsewhere, status({ evaluated: 1 }))?.status).toBe("Progressing");
    expect(judge(elsewhere, status({ evaluated: 2 }))?.status).toBe("Healthy");
    const inConditions = rule(observedInConditions, withConditions("Healthy", ""));
    expect(judge(inConditions, status({ conditions: [{ ...condition("Ready", "True"), observedGeneration: 1 }] }))?.status).toBe(
      "Progressing",
    );
    expect(judge(inConditions, status({ conditions: [{ ...condition("Ready", "True"), observedGeneration: 2 }] }))?.status).toBe("Healthy");
  });
});

describe("the row for a kind", () => {
  it("is its own before its group's, and its group's before that of all groups below a name", () => {
    expect(findCheck("pkg.crossplane.io", "Provider")).not.toBe(findCheck("pkg.crossplane.io", "Function"));
    expect(findCheck("pkg.crossplane.io", "Function")).toBe(findCheck("s3.aws.upbound.io", "Bucket"));
    expect(findCheck("kustomize.toolkit.fluxcd.io", "Kustomization")).not.toBe(findCheck("example.org", "Widget"));
  });

  it("is only found below a name with a dot before it", () => {
    expect(findCheck("notcrossplane.io", "Bucket")).toBe(findCheck("example.org", "Widget"));
    expect(findCheck("crossplane.io", "Bucket")).toBe(findCheck("example.org", "Widget"));
  });
});
