import { describe, expect, it } from "vitest";
import { launch, type Step } from "../../../../infra/local/stack/launch.ts";

const server = (name: string, stopped: string[]) => async () => ({ stop: async () => void stopped.push(name) });
const nothing = () => "";

describe("a launch", () => {
  it("tells of each step as it works and when it is done", async () => {
    const steps: Step[] = [];
    const { step } = launch((told) => steps.push(told));
    await step(
      "Kubernetes",
      async (onProgress) => {
        onProgress({ message: "building", done: 0.5 });
        return 3;
      },
      (made) => `${made} programs`,
    );
    expect(steps).toEqual([
      { name: "Kubernetes", state: "working" },
      { name: "Kubernetes", state: "working", detail: "building", done: 0.5 },
      { name: "Kubernetes", state: "up", detail: "3 programs", seconds: expect.any(Number) },
    ]);
  });

  it("stops what serves others after those that use it", async () => {
    const stopped: string[] = [];
    const { start, stop } = launch(() => {});
    await start("table", server("table", stopped), nothing);
    await start("functions", server("functions", stopped), nothing, "first");
    await start("cluster", server("cluster", stopped), nothing);
    await stop();
    expect(stopped[0]).toBe("functions");
    expect(stopped.toSorted()).toEqual(["cluster", "functions", "table"]);
  });

  it("stops also what was still coming up when it was asked to stop", async () => {
    const stopped: string[] = [];
    const { start, stop } = launch(() => {});
    let go = () => {};
    const late = new Promise<void>((resolve) => {
      go = resolve;
    });
    const starting = start("cluster", () => late.then(server("cluster", stopped)), nothing);
    await stop();
    expect(stopped).toEqual([]);
    go();
    await starting;
    expect(stopped).toEqual(["cluster"]);
  });

  it("stops the others when one of them cannot be stopped", async () => {
    const stopped: string[] = [];
    const { start, stop } = launch(() => {});
    await start("table", async () => ({ stop: () => Promise.reject(new Error("no")) }), nothing);
    await start("cluster", server("cluster", stopped), nothing);
    await stop();
    expect(stopped).toEqual(["cluster"]);
  });
});
