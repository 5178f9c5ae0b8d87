import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rows } from "../../../shared/health/find-check.ts";
import { healthOf } from "../../../shared/health/health.ts";
import { isJsonObject, type Json } from "../../../shared/model/json.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";

/** Kinds that need no controller, or whose controller reports nothing while all is well. */
const healthyByThemselves = [
  "/Service",
  "argoproj.io/CronWorkflow",
  "astra.netapp.io/Schedule",
  "datadoghq.com/DatadogMetric",
  "notification.toolkit.fluxcd.io/Alert",
  "notification.toolkit.fluxcd.io/Provider",
];

const objectOf = (row: string, fields: { readonly [field: string]: Json } = {}): Manifest => {
  const [group = "", kind = ""] = row.replace(/^\*/, "some").split("/");
  return {
    apiVersion: group === "" ? "v1" : `${group}/v1`,
    kind: kind === "*" ? "Anything" : kind,
    metadata: { name: "web", namespace: "prod", generation: 2 },
    ...fields,
  };
};

const word = fc.constantFrom("True", "False", "Unknown", "", "Ready", "Failed", "Running", "Succeeded");
const condition = fc.record({
  type: fc.constantFrom("Ready", "Synced", "Available", "Reconciling"),
  status: word,
  reason: word,
  message: fc.string(),
});
const anything = fc.jsonValue().map((value) => value as Json);
const status = fc.oneof(
  anything,
  fc.record({
    conditions: fc.oneof(anything, fc.array(condition)),
    phase: fc.oneof(anything, word),
    observedGeneration: anything,
    parents: anything,
  }),
);

describe("every row of the health tables", () => {
  it.each(rows)("%s is not Healthy before anybody looked at the object", (row) => {
    const expected = healthyByThemselves.includes(row);
    expect(healthOf(objectOf(row))?.status === "Healthy").toBe(expected);
  });

  it("judges whatever stands in an object, and never throws", () => {
    fc.assert(
      fc.property(fc.constantFrom(...rows), status, anything, (row, found, spec) => {
        const health = healthOf(objectOf(row, { status: found, spec }));
        expect([undefined, "Healthy", "Progressing", "Degraded", "Suspended", "Missing", "Unknown"]).toContain(health?.status);
        expect((health?.message ?? "").length).toBeLessThanOrEqual(501);
      }),
      { numRuns: 3_000 },
    );
  });

  it("says why, whatever is not Healthy", () => {
    fc.assert(
      fc.property(fc.constantFrom(...rows), fc.array(condition), (row, conditions) => {
        const health = healthOf(objectOf(row, { status: { conditions } }));
        if (health && health.status !== "Healthy") expect(health.message).toBeTruthy();
      }),
    );
  });

  // A message of blanks was none when it was shown.
  it("says at least its status where a message is blank", () => {
    const conditions = [{ type: "Ready", status: "Unknown", reason: "", message: " " }];
    const health = healthOf(objectOf("cert-manager.io/Certificate", { status: { conditions } }));
    expect(health?.message).toBe(health?.status);
  });

  it("speaks of a group, a kind, or all kinds of a group", () => {
    for (const row of rows) expect(row).toMatch(/^(\*\.)?[a-z0-9.-]*\/(\*|[A-Za-z0-9]+)$/);
    expect(isJsonObject(objectOf("/Pod"))).toBe(true);
  });
});
