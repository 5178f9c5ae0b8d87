import { describe, expect, it } from "vitest";
import { renderHandler } from "../../../functions/render/handler.ts";
import { Failure } from "../../../shared/model/failure.ts";
import type { RenderSource } from "../../../shared/model/render-input.ts";
import { readRenderOutput } from "../../../shared/model/render-output.ts";
import type { Cage, CageAnswer, CageRequest } from "../../../shared/ports/cage.ts";
import { renderInput } from "../../../shared/render/render-input.ts";
import { keys } from "../../../shared/state/items.ts";
import type { SyncMessage } from "../../../shared/state/messages.ts";
import { readRender, recordRender } from "../../../shared/state/renders.ts";
import { memoryArtifacts } from "../../fakes/memory-artifacts.ts";
import { memoryQueue } from "../../fakes/memory-queue.ts";
import { memoryTable } from "../../fakes/memory-table.ts";
import { bundleOf, configMap, directorySource, kustomizeSource, namesOf } from "../../support/render.ts";

const message = { v: 1 as const, input: "input-1", applications: ["web", "api"] };

const worldWith = (sources: readonly RenderSource[], answer: (request: CageRequest) => CageAnswer | Promise<CageAnswer>) => {
  const requests: CageRequest[] = [];
  const cage: Cage = {
    run: async (request) => {
      requests.push(request);
      return answer(request);
    },
  };
  const events: unknown[] = [];
  const table = memoryTable([
    { ...keys.state("web"), v: 1, project: "shop" },
    { ...keys.state("api"), v: 1, project: "platform" },
  ]);
  const artifacts = memoryArtifacts({
    "bundles/own": bundleOf({ "app/kustomization.yaml": "resources: []", "plain/a.yaml": configMap("plain") }),
    "inputs/input-1": Buffer.from(JSON.stringify({ v: 1, toolVersions: "test", sources })),
  });
  const journal = { tell: (event: string, facts: object) => void events.push({ event, ...facts }) };
  const limits = { seconds: 7, outputBytes: 3 * 1024 * 1024 };
  return { table, artifacts, cage, limits, syncs: memoryQueue<SyncMessage>(), journal, requests, events };
};
const done = (output: string) => (): CageAnswer => ({ state: "done", output });

describe("an input that nobody has rendered", () => {
  it("is rendered in the cage of its project, stored by its digest, recorded, and every waiting Application is told", async () => {
    const world = worldWith([kustomizeSource()], done(configMap("a")));
    await renderInput(message, world);

    const outcome = await readRender(world.table, "input-1");
    if (outcome?.kind !== "rendered") throw new Error("not rendered");
    expect(outcome.objects).toBe(1);
    const stored = await world.artifacts.get(`manifests/${outcome.output}`);
    expect(namesOf(readRenderOutput(stored ?? new Uint8Array()).manifests)).toEqual(["ConfigMap a"]);
    expect(world.requests.map(({ tenant, tool, folder }) => [tenant, tool, folder])).toEqual([["shop", "kustomize", "source/app"]]);
    expect(world.syncs.sent).toEqual([
      { body: { v: 1, application: "web" }, group: "shop" },
      { body: { v: 1, application: "api" }, group: "platform" },
    ]);
  });

  it("is the concatenation of its sources in their order, the same object twice included", async () => {
    const world = worldWith(
      [kustomizeSource(), directorySource("plain"), kustomizeSource()],
      done(`${configMap("a")}---\n${configMap("b")}`),
    );
    await renderInput(message, world);
    const outcome = await readRender(world.table, "input-1");
    const stored = await world.artifacts.get(`manifests/${outcome?.kind === "rendered" ? outcome.output : ""}`);
    expect(namesOf(readRenderOutput(stored ?? new Uint8Array()).manifests)).toEqual(
      ["a", "b", "plain", "a", "b"].map((name) => `ConfigMap ${name}`),
    );
  });
});

describe("an input that was rendered before", () => {
  it("is looked up: no tool runs, the Applications are told", async () => {
    const world = worldWith([kustomizeSource()], done(configMap("a")));
    await renderInput(message, world);
    await renderInput({ ...message, applications: ["web"] }, world);
    expect(world.requests).toHaveLength(1);
    expect(world.syncs.sent).toHaveLength(3);
    expect(world.events).toEqual([
      expect.objectContaining({ event: "rendered", known: false }),
      expect.objectContaining({ event: "rendered", known: true }),
    ]);
  });

  it("keeps the outcome that stood first when two renders race", async () => {
    const first = { kind: "rendered" as const, output: "of-the-other", objects: 7 };
    const world = worldWith([kustomizeSource()], async () => {
      await recordRender(world.table, "input-1", first);
      return { state: "done", output: configMap("a") };
    });
    await renderInput(message, world);
    expect(await readRender(world.table, "input-1")).toEqual(first);
    expect(world.events).toEqual([expect.objectContaining({ output: "of-the-other" })]);
  });
});

describe("an input that cannot be rendered", () => {
  it("is recorded with its sentence, told, and not tried again", async () => {
    const stderr = 'error: invalid Kustomization: json: unknown field "resorces"\n';
    const world = worldWith([kustomizeSource()], () => ({ state: "failed", exitCode: 1, stderr }));
    await renderInput(message, world);
    await renderInput(message, world);
    expect(await readRender(world.table, "input-1")).toEqual({
      kind: "failed",
      code: "RenderFailed",
      subject: "app",
      message: 'app/kustomization.yaml is not valid: unknown field "resorces"',
    });
    expect(world.requests).toHaveLength(1);
    expect(world.syncs.sent).toHaveLength(4);
  });

  it("stays unrecorded when time, memory or disk ran out, so that the message comes back", async () => {
    for (const limit of ["time", "memory", "disk"] as const) {
      const world = worldWith([kustomizeSource()], () => ({ state: "killed", limit }));
      await expect(renderInput(message, world)).rejects.toMatchObject({ code: "RenderKilled", retry: true });
      expect(await readRender(world.table, "input-1")).toBeUndefined();
      expect(world.syncs.sent).toEqual([]);
    }
  });

  it("is told to people when time or memory ran out three times, instead of being tried for ever", async () => {
    const world = worldWith([kustomizeSource()], () => ({ state: "killed", limit: "time" }));
    for (let time = 1; time <= 2; time++) await expect(renderInput(message, world)).rejects.toMatchObject({ code: "RenderKilled" });
    await renderInput(message, world);
    expect(await readRender(world.table, "input-1")).toMatchObject({ kind: "failed", code: "RenderKilled" });
    expect(world.syncs.sent).toHaveLength(2);
  });

  it("stays unrecorded when the cage or an artifact is not to be had", async () => {
    const away = worldWith([kustomizeSource()], () => Promise.reject(new Failure("CageUnavailable", "cage", "away")));
    await expect(renderInput(message, away)).rejects.toMatchObject({ code: "CageUnavailable" });
    const lost = worldWith(
      [{ ...directorySource("plain"), files: { bundle: "bundles/lost", path: "plain", refs: {}, repoURL: "" } } as RenderSource],
      done(""),
    );
    await expect(renderInput(message, lost)).rejects.toMatchObject({ code: "ArtifactMissing" });
    expect(await readRender(lost.table, "input-1")).toBeUndefined();
  });

  it("tells a person without colours, control characters and pages of text (G-18)", async () => {
    const stderr = `error: \u001b[31mred\u001b[0m\u0007\r\nfile\n${"x".repeat(5_000)}`;
    const world = worldWith([kustomizeSource()], () => ({ state: "failed", exitCode: 1, stderr }));
    await renderInput(message, world);
    const outcome = await readRender(world.table, "input-1");
    expect(outcome?.kind === "failed" && outcome.message).toMatch(/^Kustomize cannot build app: red file x+…$/);
  });
});

describe("limits of the installation file", () => {
  it("had no effect: they go with the request, and the message names value and field", async () => {
    const slow = worldWith([kustomizeSource()], () => ({ state: "killed", limit: "time" }));
    await expect(renderInput(message, slow)).rejects.toThrow("did not finish app within 7 s (limits.renderSeconds)");
    expect(slow.requests.map(({ limits }) => limits)).toEqual([slow.limits]);

    const wordy = worldWith([kustomizeSource()], () => ({ state: "killed", limit: "output" }));
    await renderInput(message, wordy);
    expect(await readRender(wordy.table, "input-1")).toMatchObject({
      code: "LimitExceeded",
      message: expect.stringContaining("printed more than 3 MB for app (limits.renderBytes)"),
    });
  });
});

describe("an input that failed at limits which were raised since", () => {
  const limits = { seconds: 30, outputBytes: 3 * 1024 * 1024 };
  const killedWorld = () =>
    worldWith([kustomizeSource()], ({ limits: { seconds } }) =>
      seconds < limits.seconds ? { state: "killed", limit: "time" } : { state: "done", output: configMap("a") },
    );
  const thrice = async (world: ReturnType<typeof killedWorld>) => {
    for (let time = 1; time <= 2; time++) await expect(renderInput(message, world)).rejects.toMatchObject({ code: "RenderKilled" });
    await renderInput(message, world);
  };

  it("stayed failed until a commit changed it: it is rendered under the new ones, and that stands under all", async () => {
    const world = killedWorld();
    await thrice(world);
    expect(await readRender(world.table, "input-1", limits)).toBeUndefined();
    await renderInput(message, { ...world, limits });
    const outcome = await readRender(world.table, "input-1", limits);
    expect(outcome).toMatchObject({ kind: "rendered", objects: 1 });
    await renderInput(message, world);
    expect(await readRender(world.table, "input-1", world.limits)).toEqual(outcome);
    expect(world.requests).toHaveLength(4);
  });

  it("is tried three times anew when time runs out again", async () => {
    const world = killedWorld();
    await thrice(world);
    const more = { ...world, limits: { ...limits, seconds: 20 } };
    await thrice(more);
    expect(world.requests.map(({ limits: { seconds } }) => seconds)).toEqual([7, 7, 7, 20, 20, 20]);
    expect(await readRender(world.table, "input-1", more.limits)).toMatchObject({ message: expect.stringContaining("within 20 s") });
    await renderInput(message, more);
    expect(world.requests).toHaveLength(6);
  });

  it("keeps what stood first when two render it under the new ones", async () => {
    const table = memoryTable();
    const failed = (message: string) => ({ kind: "failed" as const, code: "RenderKilled", subject: "app", message });
    await recordRender(table, "input-1", failed("at 7 s"), { ...limits, seconds: 7 });
    expect(await recordRender(table, "input-1", failed("first at 30 s"), limits)).toEqual(failed("first at 30 s"));
    expect(await recordRender(table, "input-1", failed("second at 30 s"), limits)).toEqual(failed("first at 30 s"));
  });

  it("makes render and sync play no ping-pong while an update lets them know different limits", async () => {
    const world = killedWorld();
    await thrice(world);
    await renderInput({ ...message, limits }, world);
    expect(world.syncs.sent.slice(-2).map(({ delaySeconds }) => delaySeconds)).toEqual([60, 60]);
    await renderInput({ ...message, limits: world.limits }, world);
    expect(world.syncs.sent.slice(-2).map(({ delaySeconds }) => delaySeconds)).toEqual([undefined, undefined]);
  });
});

describe("the render function", () => {
  it("takes messages from its queue and gives back only those that failed", async () => {
    const world = worldWith([kustomizeSource()], done(configMap("a")));
    const record = (messageId: string, body: string) => ({ messageId, body, attributes: {} });
    const event = { Records: [record("good", JSON.stringify(message)), record("bad", "{}")] };
    const answer = await renderHandler(world)(event as never);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "bad" }] });
    expect(world.syncs.sent).toHaveLength(2);
  });
});
