import { describe, expect, it } from "vitest";
import { all, type Look, NotSeen, watch } from "../../../../infra/local/tour/look.ts";
import { tourSteps } from "../../../../infra/local/tour/steps.ts";

describe("a watch of the tour", () => {
  it("looks until it sees what is expected, and says how long that took", async () => {
    const looks: Look[] = [{ instead: "3 replicas" }, { instead: "4 replicas" }, { seen: "5 replicas" }];
    const seen = await watch("5 replicas", 5, async () => looks.shift() ?? { instead: "nothing" });
    expect(seen.what).toBe("5 replicas");
    expect(seen.seconds).toBeGreaterThan(0.2);
    expect(looks).toEqual([]);
  });

  it("gives up with what it saw last", async () => {
    const failed = watch("5 replicas", 0, async () => ({ instead: "3 replicas" }));
    await expect(failed).rejects.toThrow(NotSeen);
    await expect(failed).rejects.toMatchObject({ expected: "5 replicas", instead: "3 replicas" });
  });

  it("takes a cluster that does not answer for one that does not show it yet", async () => {
    let asked = 0;
    const seen = await watch("an answer", 5, async () => {
      asked += 1;
      if (asked === 1) throw new Error("ECONNREFUSED");
      return { seen: "an answer" };
    });
    expect(seen.what).toBe("an answer");
    await expect(watch("an answer", 0, () => Promise.reject(new Error("ECONNREFUSED")))).rejects.toMatchObject({ instead: "ECONNREFUSED" });
  });

  it("believes several things only when all are so", async () => {
    expect(await all({ seen: "a" }, Promise.resolve({ seen: "b" }))).toEqual({ seen: "a; b" });
    expect(await all({ seen: "a" }, { instead: "not b" }, { instead: "not c" })).toEqual({ instead: "not b" });
  });
});

describe("the tour", () => {
  it("shows everything that people are invited to try", () => {
    const titles = tourSteps.map(({ title }) => title).join("\n");
    const tried = ["scales production", "deletes a Deployment", "by hand", "syntax error", "mended", "pruned", "app of apps", "away"];
    const steered = ["wave after wave", "not healed", "SyncFail", "rolled back"];
    for (const word of [...tried, ...steered]) expect(titles).toContain(word);
  });
});
