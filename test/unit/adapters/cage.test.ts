import { describe, expect, it } from "vitest";
import { encodeFrame, type Frame, frameReader } from "../../../shared/adapters/cage/frames.ts";
import { lambdaCage } from "../../../shared/adapters/cage/lambda.ts";
import { queueOf } from "../../../shared/adapters/cage/slots.ts";
import type { CageRequest } from "../../../shared/ports/cage.ts";
import { memoryArtifacts } from "../../fakes/memory-artifacts.ts";
import { bundleOf } from "../../support/render.ts";

const request: CageRequest = {
  tenant: "shop",
  tool: "helm",
  arguments: [],
  folder: "",
  bundles: [{ at: "source", key: "bundles/x", packed: bundleOf({ "a.yaml": "a: 1" }) }],
  files: [],
  limits: { seconds: 1, outputBytes: 1_000 },
};

const cageThat = (answer: (input: Readonly<Record<string, unknown>>) => unknown) => {
  const client = { send: async (command: { readonly input: Readonly<Record<string, unknown>> }) => answer(command.input) };
  const urls = { toGet: async (key: string) => `https://store/${key}`, toPut: async (key: string) => `https://store/${key}` };
  return lambdaCage({ client: client as never, functionName: "fairlead-cage", urls, artifacts: memoryArtifacts() });
};
const payload = (value: unknown) => ({ Payload: Buffer.from(JSON.stringify(value)) });
const broken = (errorMessage: string) => ({ ...payload({ errorMessage }), FunctionError: "Unhandled" });

describe("the cage as a Lambda function", () => {
  it("is invoked for one tenant, with the bundle inside the payload while it fits (G-16)", async () => {
    const inputs: Readonly<Record<string, unknown>>[] = [];
    const cage = cageThat((input) => {
      inputs.push(input);
      return payload({ state: "done", output: "x" });
    });
    expect(await cage.run(request)).toEqual({ state: "done", output: "x" });
    expect(inputs[0]).toMatchObject({ FunctionName: "fairlead-cage", TenantId: "shop" });
    expect(JSON.parse(String(inputs[0]?.Payload))).toMatchObject({ bundles: [{ key: "bundles/x", inline: expect.any(String) }] });
  });

  it("tells time and memory that Lambda itself has ended from other trouble", async () => {
    expect(await cageThat(() => broken("2026-01-01 id Task timed out after 60.00 seconds")).run(request)).toEqual({
      state: "killed",
      limit: "time",
    });
    expect(await cageThat(() => broken("RequestId: id Error: Runtime exited with error: signal: killed")).run(request)).toEqual({
      state: "killed",
      limit: "memory",
    });
    await expect(cageThat(() => broken("SyntaxError")).run(request)).rejects.toMatchObject({ code: "CageUnavailable", retry: true });
  });

  it("is unavailable, to be asked again, when the service does not answer or the answer is no answer", async () => {
    const throttled = Object.assign(new Error("Rate exceeded"), { name: "TooManyRequestsException", $metadata: { httpStatusCode: 429 } });
    await expect(cageThat(() => Promise.reject(throttled)).run(request)).rejects.toMatchObject({ code: "CageUnavailable" });
    await expect(cageThat(() => payload({ state: "stored" })).run(request)).rejects.toMatchObject({ code: "CageUnavailable" });
    await expect(cageThat(() => payload({ state: "free" })).run(request)).rejects.toThrow();
  });
});

describe("frames on a cage's pipe", () => {
  it("arrive whole, however the pipe cuts and joins them", () => {
    const frames = [{ n: 1 }, { n: 2 }, { n: 3 }].map((header, at) =>
      Buffer.concat(encodeFrame(header, [Buffer.from("x".repeat(at * 10))])),
    );
    const stream = Buffer.concat(frames);
    for (const size of [1, 7, 13, stream.length]) {
      const got: Frame[] = [];
      const read = frameReader((frame) => got.push(frame));
      for (let at = 0; at < stream.length; at += size) read(stream.subarray(at, at + size));
      expect(got.map(({ header, bytes }) => [header, bytes.length])).toEqual([
        [{ n: 1 }, 0],
        [{ n: 2 }, 10],
        [{ n: 3 }, 20],
      ]);
    }
  });

  it("are refused when they would be larger than anything we send", () => {
    expect(() => frameReader(() => undefined)(Buffer.from("ffffffffffffffff", "hex"))).toThrow("larger than");
  });
});

describe("slots", () => {
  it("run so many jobs at a time, in order, and go on after one that failed", async () => {
    const slots = queueOf(2);
    const log: string[] = [];
    let running = 0;
    let most = 0;
    const job = (name: string) => async () => {
      most = Math.max(most, ++running);
      log.push(name);
      await Promise.resolve();
      running--;
      if (name === "b") throw new Error("on purpose");
    };
    const results = await Promise.allSettled(["a", "b", "c", "d", "e"].map((name) => slots(job(name))));
    expect(log).toEqual(["a", "b", "c", "d", "e"]);
    expect(most).toBe(2);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled", "fulfilled"]);
  });
});
