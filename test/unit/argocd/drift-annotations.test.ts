import { describe, expect, it } from "vitest";
import { driftWishes } from "../../../shared/argocd/drift-annotations.ts";
import { anApplication } from "../../support/sync-world.ts";

const wishes = (annotations: Readonly<Record<string, string>> = {}, selfHeal = true) =>
  driftWishes(anApplication({ annotations, syncPolicy: { automated: { prune: true, selfHeal, allowEmpty: false }, syncOptions: [] } }));
const mode = "fairlead.dev/drift-mode";

describe("what an Application's annotations say about drift", () => {
  it("is what selfHeal says, without any", () => {
    expect(wishes()).toEqual({ mode: "heal", every: undefined, jitter: undefined, grace: undefined, problems: [] });
    expect(wishes({}, false).mode).toBe("report");
    expect(driftWishes(anApplication({ syncPolicy: { syncOptions: [] } })).mode).toBe("report");
  });

  it("is one of three modes", () => {
    for (const each of ["report", "report-then-heal", "heal"]) expect(wishes({ [mode]: each })).toMatchObject({ mode: each, problems: [] });
  });

  it("is read in Go's durations", () => {
    expect(
      wishes({ "fairlead.dev/drift-interval": "1h30m", "fairlead.dev/drift-jitter": "0s", "fairlead.dev/drift-grace": "90s" }),
    ).toMatchObject({ every: 5_400_000, jitter: 0, grace: 90_000, problems: [] });
  });

  it("is named where it cannot be used, and selfHeal decides", () => {
    const unknown = wishes({ [mode]: "sometimes" });
    expect(unknown.mode).toBe("heal");
    expect(unknown.problems).toEqual([
      `metadata.annotations["${mode}"] is "sometimes"; write report, report-then-heal, heal, until then spec.syncPolicy.automated.selfHeal decides (heal)`,
    ]);
    expect(wishes({ "fairlead.dev/drift-interval": "5s" }).problems).toEqual([expect.stringContaining("a duration of 1m or more")]);
    expect(wishes({ "fairlead.dev/drift-grace": "soon" }).problems).toHaveLength(1);
  });

  it("heals nothing that selfHeal does not allow", () => {
    for (const each of ["heal", "report-then-heal"]) {
      expect(wishes({ [mode]: each }, false)).toMatchObject({ mode: "report", problems: [expect.stringContaining("selfHeal: true")] });
    }
  });
});
