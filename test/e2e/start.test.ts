import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isJsonObject, type Json, type JsonObject } from "../../shared/model/json.ts";
import { eventually } from "../support/eventually.ts";

const root = join(import.meta.dirname, "../..");
const patience = 120_000;

interface Started {
  readonly child: ChildProcess;
  readonly events: readonly JsonObject[];
  readonly exitCode: Promise<number | null>;
}

const start = (folder: string): Started => {
  const args = ["infra/local/start.ts", "--json", "--folder", folder];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  const events: JsonObject[] = [];
  if (child.stdout)
    createInterface({ input: child.stdout }).on("line", (line) => {
      const event: Json = JSON.parse(line);
      if (isJsonObject(event)) events.push(event);
    });
  return { child, events, exitCode: new Promise((resolve) => child.once("close", resolve)) };
};

const named = ({ events }: Started, name: string): readonly JsonObject[] => events.filter(({ event }) => event === name);

/** The sample is synced and healthy. */
const atRest = (started: Started): Promise<JsonObject> =>
  eventually("the sample is at rest", () => named(started, "fleet")[0], patience / 1000);

/** Processes that have anything to do with the folder, whoever is their parent by now. */
const processesOf = async (folder: string): Promise<readonly string[]> => {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const texts = await Promise.all(
    pids.map(async (pid) => {
      const read = (file: string) => readFile(`/proc/${pid}/${file}`, "latin1").catch(() => "");
      return `${await read("cmdline")} ${await read("environ")}`;
    }),
  );
  return texts.filter((text) => text.includes(folder));
};

describe("npm start", () => {
  let folder = "";
  let first: Started;
  let second: Started;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fairlead-start-"));
  });
  afterAll(async () => {
    first?.child.kill("SIGKILL");
    second?.child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  });

  it(
    "brings the sample fleet up",
    async () => {
      first = start(folder);
      const healthy = { syncStatus: "Synced", health: "Healthy", settled: true };
      const names = ["control", "crew", "ferry", "galley", "lighthouse", "radio", "shop-production", "shop-staging", "tides"];
      expect((await atRest(first)).applications).toEqual(names.map((name) => expect.objectContaining({ name, ...healthy })));
      expect(await processesOf(folder)).not.toEqual([]);
    },
    patience,
  );

  it("takes everything with it when it is killed", async () => {
    first.child.kill("SIGKILL");
    await first.exitCode;
    await eventually("nothing is left", async () => (await processesOf(folder)).length === 0, 20);
  }, 30_000);

  it(
    "goes on where it was, at the same addresses, and applies nothing again",
    async () => {
      second = start(folder);
      const fleet = await atRest(second);
      expect(fleet.applications).toHaveLength(9);
      const addresses = (started: Started) => named(started, "ready").map(({ git, webhook, slack }) => ({ git, webhook, slack }));
      expect(addresses(second)).toEqual(addresses(first));
      expect(named(second, "sync-synced")).toEqual([]);
      expect(named(second, "sync-drift-healed")).toEqual([]);
    },
    patience,
  );

  it("ends all it started, in order, when it is asked to", async () => {
    second.child.kill("SIGINT");
    expect(await second.exitCode).toBe(0);
    expect(await processesOf(folder)).toEqual([]);
  }, 30_000);
});
