import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { local } from "../../infra/local/stand-ins/names.ts";
import { outputs } from "../../infra/outputs.ts";
import { standInsForTests, type TestStandIns } from "./stand-ins.ts";

const main = resolve(import.meta.dirname, "../../cli/main.ts");
const folder = mkdtempSync(join(tmpdir(), "fairlead-deployed-"));
const file = join(folder, "outputs.json");
let standIns: TestStandIns;

beforeAll(async () => {
  standIns = await standInsForTests();
  const urlOf = standIns.queueUrl;
  const said = {
    [outputs.region]: local.region,
    [outputs.table]: local.table,
    [outputs.bucket]: local.bucket,
    [outputs.pushes]: urlOf("pushes"),
    [outputs.renders]: urlOf("renders"),
    [outputs.notices]: urlOf("notices"),
    [outputs.syncs]: JSON.stringify({ public: urlOf("syncs-public") }),
    [outputs.secrets]: "secretsmanager:fairlead/",
  };
  writeFileSync(file, JSON.stringify({ SomeOtherStack: { Url: "https://example.com" }, Fairlead: said }));
});
afterAll(async () => {
  await standIns.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The command as people run it: where AWS is, and who they are, stands in the environment. */
const fairlead = async (...words: readonly string[]) => {
  const { AWS_REGION: _, ...env } = { ...process.env, ...standIns.environment };
  const ran = promisify(execFile)(process.execPath, [main, ...words], { cwd: folder, env });
  const { stdout, stderr } = await ran.catch((error: { readonly stdout: string; readonly stderr: string }) => error);
  return { stdout, stderr };
};

describe("fairlead --deployed", () => {
  it("shows dead letters of a deployed stack and sends them back, a week later and by one command (F-27)", async () => {
    const body = JSON.stringify({ v: 1, application: "web" });
    await standIns.sqs.send(new SendMessageCommand({ QueueUrl: standIns.queueUrl("syncs-public-dead"), MessageBody: body }));

    const shown = await fairlead("dead-letters", "--deployed", file);
    expect(shown.stderr).toBe("");
    expect(shown.stdout).toContain("syncs-public: a sync of Application web");
    expect(shown.stdout).toContain("now: gone since then: nothing");

    expect((await fairlead("redrive", "--deployed", file)).stdout).toContain("syncs-public: 1 sent");
    expect((await fairlead("dead-letters", "--deployed", file)).stdout).toContain("No dead letters.");
  });

  it("says what is wrong with the file, and how it is made", async () => {
    expect((await fairlead("status", "--deployed", join(folder, "nothing.json"))).stderr).toMatch(
      /nothing\.json cannot be read.*--outputs-file nothing\.json/,
    );
    const half = join(folder, "half.json");
    writeFileSync(half, JSON.stringify({ Fairlead: { [outputs.region]: local.region } }));
    expect((await fairlead("status", "--deployed", half)).stderr).toMatch(/does not say where Fairlead is deployed \(TableName: /);
  });

  it("leaves what only the local stack can do", async () => {
    expect((await fairlead("local", "stop-cluster", "quay", "--deployed", file)).stderr).toContain("not for a deployed one");
  });
});
