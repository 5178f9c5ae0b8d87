import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type FunctionProcess, functionProcess } from "../../../../infra/local/lambda-host/function-process.ts";
import { fixtureBundles } from "./hosted.ts";

let bundles: Awaited<ReturnType<typeof fixtureBundles>>;
let process_: FunctionProcess;
beforeAll(async () => {
  bundles = await fixtureBundles();
});
afterEach(() => process_.stop());
afterAll(() => bundles.remove());

const open = (options: { readonly timeout?: number; readonly bundle?: string } = {}) => {
  process_ = functionProcess({
    name: "sync",
    bundle: options.bundle ?? join(bundles.folder, "sync/index.mjs"),
    environment: {},
    timeout: options.timeout ?? 10,
    onLine: () => undefined,
  });
  return process_;
};

describe("a function's process", () => {
  it("is ended when an invocation takes too long, and started again by the next", async () => {
    const sync = open({ timeout: 0.2 });
    await sync.warm();
    await expect(sync.invoke({ do: "hold", ms: 60_000 })).rejects.toThrow("sync took longer than 0.2 s");
    await expect(open().invoke({ do: "succeed" })).resolves.toBeNull();
  });

  it("takes all invocations that are under way along when it ends", async () => {
    const sync = open();
    const held = sync.invoke({ do: "hold", ms: 60_000 });
    await expect(sync.invoke({ do: "exit" })).rejects.toThrow("the process of sync ended (exit code 3)");
    await expect(held).rejects.toThrow("the process of sync ended");
    await expect(sync.invoke({ do: "succeed" })).resolves.toBeNull();
  });

  it("says how much time is left", async () => {
    const answer = await open({ timeout: 7 }).invoke({});
    expect(answer).toMatchObject({ remaining: expect.any(Number) });
    expect(JSON.stringify(answer)).toMatch(/"remaining":(69\d\d|7000)/);
  });

  it("fails an invocation when its bundle cannot be loaded, and says why", async () => {
    const broken = join(bundles.folder, "sync/broken.mjs");
    await writeFile(broken, 'throw new Error("FAIRLEAD_TABLE is missing");\n');
    await expect(open({ bundle: broken }).invoke({})).rejects.toThrow(/ended \(exit code 1\)(.|\n)*FAIRLEAD_TABLE is missing/);
  });
});
