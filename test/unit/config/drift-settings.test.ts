import { describe, expect, it } from "vitest";
import { driftSettingsOf, watchesAny } from "../../../shared/config/drift-settings.ts";
import { completeFile, installationOf, problemsIn } from "./installation.ts";

const settings = (drift: string) => driftSettingsOf(installationOf(`${completeFile}${drift}`), { watch: false });

describe("what the installation file says about drift", () => {
  it("is at every look, without a grace, without watching, where it says nothing", () => {
    expect(settings("")("production")).toEqual({ every: undefined, jitter: undefined, grace: 0, watch: false });
    expect(installationOf(completeFile).drift.peoplesTools).toContain("kubectl");
  });

  it("is one for all clusters, and another for one of them", () => {
    const of = settings(
      "drift:\n  everySeconds: 600\n  jitterSeconds: 60\n  graceSeconds: 30\n  clusters:\n    - { name: office, everySeconds: 3600, watch: true }\n",
    );
    expect(of("production")).toEqual({ every: 600_000, jitter: 60_000, grace: 30_000, watch: false });
    expect(of("office")).toEqual({ every: 3_600_000, jitter: 60_000, grace: 30_000, watch: true });
  });

  it("is where it runs that decides about watching, where the file says nothing", () => {
    expect(driftSettingsOf(installationOf(completeFile), { watch: true })("production").watch).toBe(true);
    expect(watchesAny(installationOf(completeFile))).toBe(false);
    expect(watchesAny(installationOf(`${completeFile}drift:\n  clusters:\n    - { name: office, watch: true }\n`))).toBe(true);
  });

  it("can leave one cluster unwatched", () => {
    const of = settings("drift:\n  watch: true\n  clusters:\n    - { name: office, watch: false }\n");
    expect([of("production").watch, of("office").watch]).toEqual([true, false]);
  });

  it("is refused by line where a time is out of range", () => {
    expect(problemsIn(`${completeFile}drift:\n  everySeconds: 5\n`)).toEqual([
      expect.stringContaining("drift.everySeconds is outside its range"),
    ]);
  });
});
