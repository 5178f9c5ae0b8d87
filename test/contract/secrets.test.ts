import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listenOnLoopback } from "../../infra/local/stand-ins/child.ts";
import { secretsFolder } from "../../shared/adapters/secrets/folder.ts";
import { secretsManager } from "../../shared/adapters/secrets/secrets-manager.ts";
import type { Secrets } from "../../shared/ports/secrets.ts";
import { memorySecrets } from "../fakes/memory-secrets.ts";
import { freeGate } from "../simulation/free.ts";
import { gatedSecrets } from "../simulation/ports/others.ts";

/** What both real stores hold, as text. */
const entries: Readonly<Record<string, string>> = {
  "github/webhook": '{"secret":"s3cr3t","id":12,"active":true}',
  "plain-token": "0123456789",
  nested: '{"secret":{"deep":"s3cr3t"}}',
};

let folder: string;
let server: Server;
let manager: SecretsManagerClient;

/** Secrets Manager's own answers, as its API reference gives them. */
const answer = (name: string): { readonly status: number; readonly body: object } => {
  if (name === "fairlead/forbidden") return { status: 400, body: { __type: "AccessDeniedException", Message: "no identity-based policy" } };
  if (name === "fairlead/busy") return { status: 400, body: { __type: "ThrottlingException", Message: "slow down" } };
  if (name === "fairlead/binary") return { status: 200, body: { Name: name, SecretBinary: "AAEC" } };
  if (name === "fairlead/deleted") return { status: 400, body: { __type: "InvalidRequestException", Message: "marked for deletion" } };
  const text = entries[name.replace("fairlead/", "")];
  if (text === undefined) return { status: 400, body: { __type: "ResourceNotFoundException", Message: "can't find the specified secret" } };
  return { status: 200, body: { Name: name, SecretString: text } };
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "secrets-"));
  await mkdir(join(folder, "github"));
  for (const [name, text] of Object.entries(entries)) await writeFile(join(folder, `${name}.json`), `${text}\n`, { mode: 0o600 });
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { status, body } = answer(JSON.parse(Buffer.concat(chunks).toString()).SecretId);
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
    });
  });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  manager = new SecretsManagerClient({ endpoint: await listenOnLoopback(server), region: "us-east-1", credentials, maxAttempts: 1 });
});

afterAll(async () => {
  manager.destroy();
  server.close();
  await rm(folder, { recursive: true });
});

const remembered = () =>
  memorySecrets({ "github/webhook": { secret: "s3cr3t", id: "12", active: "true" }, "plain-token": { value: "0123456789" } });

const stores: Readonly<Record<string, () => Secrets>> = {
  "in memory": remembered,
  simulated: () => gatedSecrets(remembered(), freeGate().call),
  "in a folder": () => secretsFolder(folder),
  "in Secrets Manager": () => secretsManager(manager, "fairlead/"),
};

const open = (kind: string): Secrets => {
  const make = stores[kind];
  if (!make) throw new Error(kind);
  return make();
};

describe.each(Object.keys(stores))("a secret store %s", (kind) => {
  it("gives the fields of an entry as texts", async () => {
    expect(await open(kind).read("github/webhook")).toEqual({ secret: "s3cr3t", id: "12", active: "true" });
  });

  it("gives a plain text as the field value, also when it is all digits", async () => {
    expect(await open(kind).read("plain-token")).toEqual({ value: "0123456789" });
  });

  it("knows nothing of a name that is not there", async () => {
    expect(await open(kind).read("no-such-entry")).toBeUndefined();
  });
});

describe.each(["in a folder", "in Secrets Manager"])("a secret store %s", (kind) => {
  it("refuses nested fields without showing them", async () => {
    const refusal = await open(kind)
      .read("nested")
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "SecretInvalid", subject: "nested", message: expect.stringContaining("field secret") });
    expect(String(refusal)).not.toContain("s3cr3t");
  });
});

describe("a secret store in a folder", () => {
  it("refuses a file that others can read and says how to close it", async () => {
    const file = join(folder, "open.json");
    await writeFile(file, "{}");
    await chmod(file, 0o640);
    await expect(secretsFolder(folder).read("open")).rejects.toMatchObject({
      code: "SecretForbidden",
      message: expect.stringContaining(`chmod 600 ${file}`),
    });
  });

  it.each(["../outside", "/etc/passwd", "a/../../b", "", "a//b", "a\0b", "."])(
    "refuses the name %j, which could leave the folder",
    async (name) => {
      await expect(secretsFolder(folder).read(name)).rejects.toMatchObject({ code: "SecretInvalid" });
    },
  );
});

describe("a secret store in Secrets Manager", () => {
  it("tells forbidden from absent, and trouble from both", async () => {
    const store = open("in Secrets Manager");
    await expect(store.read("forbidden")).rejects.toMatchObject({ code: "SecretForbidden", retry: false });
    await expect(store.read("busy")).rejects.toMatchObject({ code: "SecretStoreUnavailable", retry: true });
    await expect(store.read("binary")).rejects.toMatchObject({ code: "SecretInvalid" });
    expect(await store.read("deleted")).toBeUndefined();
  });
});
