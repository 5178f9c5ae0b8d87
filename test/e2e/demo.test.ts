import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { isJsonObject, type Json, type JsonObject } from "../../shared/model/json.ts";

/** The tour takes three quarters of a minute where nothing else runs; each of its steps has a limit of its own. Milliseconds. */
const patience = 280_000;

const root = join(import.meta.dirname, "../..");

/** As `npm start -- --demo --json`, whose own lines are no JSON. */
const playDemo = async (): Promise<readonly JsonObject[]> => {
  const args = ["infra/local/start.ts", "--demo", "--json"];
  const options = { cwd: root, timeout: patience, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)(process.execPath, args, options).catch((error: unknown) => {
    const said = typeof error === "object" && error !== null && "stdout" in error ? String(error.stdout) : "";
    throw new Error(`the demo failed; its last events:\n${said.trimEnd().split("\n").slice(-12).join("\n")}`, { cause: error });
  });
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => {
      const event: Json = JSON.parse(line);
      if (!isJsonObject(event)) throw new Error(`this is no event: ${line}`);
      return event;
    });
};

describe("npm start -- --demo --json", () => {
  let events: readonly JsonObject[] = [];
  const named = (name: string) => events.filter(({ event }) => event === name);
  beforeAll(async () => {
    events = await playDemo();
  }, patience);

  it("sees every step of the tour in the clusters", () => {
    expect(named("tour-failed")).toEqual([]);
    expect(named("tour-seen").map(({ title }) => title)).toEqual(named("tour-step").map(({ title }) => title));
    expect(named("tour-done")).toEqual([expect.objectContaining({ steps: 14 })]);
  });

  it("tells of each push what it touches", () => {
    const touched = named("push-touched").flatMap(({ subject, applications }) => (subject === "" ? [] : [[subject, applications]]));
    expect(touched).toEqual(
      expect.arrayContaining([
        ["Scale production to five", ["shop-production"]],
        ["Move tides to another port", ["tides"]],
      ]),
    );
  });

  it("names the field that somebody changed by hand, and with what", () => {
    const healed = named("sync-drift-healed").flatMap(({ objects }) => (Array.isArray(objects) ? objects : []));
    const fields = [expect.objectContaining({ path: "spec.replicas", live: "4", desired: "1", manager: "kubectl" })];
    expect(healed).toContainEqual(expect.objectContaining({ fields }));
  });

  it("names what somebody edited where nothing is put back", () => {
    const [found] = named("drift-found");
    expect(found).toMatchObject({ application: "ferry", reason: expect.stringContaining("containers[name=bridge].image") });
    expect(found?.reason).toContain("by kubectl-edit");
    expect(named("sync-drift-healed").map(({ application }) => application)).not.toContain("ferry");
  });

  it("fails with a hook, says which, and changes nothing but for the SyncFail hook", () => {
    const [failed, ...more] = named("sync-failed").filter(({ application }) => application === "ferry");
    expect(failed).toMatchObject({ counts: { configured: 0, deleted: 0, failed: 1 } });
    const hook = { key: expect.objectContaining({ name: "distress-signal" }), message: "SyncFail hook, succeeded" };
    expect(failed?.objects).toContainEqual(expect.objectContaining(hook));
    expect(failed?.reason).toContain("PreSync hook Job ferry/inspection");
    expect(more).toEqual([]);
  });

  it("says of a rollback who asked for it, and that Git says otherwise", () => {
    const back = named("sync-synced").filter(({ trigger, application }) => trigger === "manual" && application === "galley");
    expect(back).toEqual([
      expect.objectContaining({ reason: expect.stringMatching(/rolled it back to entry \d+ .*Git still says otherwise/) }),
    ]);
  });

  it("has no trouble of its own on the way", () => {
    expect(events.filter(({ level }) => level === "error")).toEqual([]);
    expect(named("message-failed")).toEqual([]);
  });

  it("leaves nothing behind", () => {
    const [ready] = named("ready");
    expect(existsSync(String(ready?.folder))).toBe(false);
  });
});
