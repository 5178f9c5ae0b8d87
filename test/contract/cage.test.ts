import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cageHandler } from "../../functions/cage/handler.ts";
import { localTools } from "../../infra/local/tools.ts";
import { serveInvocation } from "../../shared/adapters/cage/invoked.ts";
import { lambdaCage } from "../../shared/adapters/cage/lambda.ts";
import { machineRoom } from "../../shared/adapters/cage/room.ts";
import { bundleKey, packBundle } from "../../shared/model/bundle.ts";
import type { Cage, CageRequest } from "../../shared/ports/cage.ts";
import { memoryArtifacts } from "../fakes/memory-artifacts.ts";
import { realCage } from "../support/cage.ts";
import { bundleOf, configMap, type Files } from "../support/render.ts";

/** The function without Lambda around it: payloads go through JSON, large ones through a store that answers to URLs. */
const invokedCage = async (): Promise<{ cage: Cage; close: () => Promise<void> }> => {
  const base = await mkdtemp(join(tmpdir(), "fairlead-cage-lambda-"));
  const tools = await localTools();
  const programs = { kustomize: { program: tools.kubectl, arguments: ["kustomize"] }, helm: { program: tools.helm, arguments: [] } };
  const handler = serveInvocation(cageHandler(machineRoom({ base, tools: programs, softMemoryBytes: 512 * 1024 * 1024 })));
  const artifacts = memoryArtifacts();
  const { server, url } = await storeServer(artifacts);
  const send = async (command: { readonly input: { readonly Payload?: Uint8Array } }) => ({
    Payload: Buffer.from(JSON.stringify(await handler(JSON.parse(Buffer.from(command.input.Payload ?? []).toString("utf8"))))),
  });
  const urls = { toGet: async (key: string) => `${url}/${key}`, toPut: async (key: string) => `${url}/${key}` };
  const cage = lambdaCage({ client: { send } as never, functionName: "fairlead-cage", urls, artifacts });
  const run = async (request: CageRequest) => {
    for (const { key, packed } of request.bundles) await artifacts.put(key, packed);
    return cage.run(request);
  };
  return { cage: { run }, close: () => new Promise((done) => server.close(() => done(rm(base, { recursive: true, force: true })))) };
};

const storeServer = async (artifacts: ReturnType<typeof memoryArtifacts>): Promise<{ server: Server; url: string }> => {
  const server = createServer(async (request, response) => {
    const key = (request.url ?? "").slice(1);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.method === "PUT") await artifacts.put(key, Buffer.concat(chunks));
    const found = await artifacts.get(key);
    response.writeHead(found ? 200 : 404).end(request.method === "PUT" ? "" : found);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};

const openCage = { namespaces: () => realCage(), uncaged: () => realCage({ uncaged: true }), lambda: invokedCage };

const limits = { seconds: 30, outputBytes: 10_000_000 };
const bundle = (files: Files, at = "source") => ({ at, key: bundleKey(bundleOf(files)), packed: bundleOf(files) });
const kustomize = (files: Files, change: Partial<CageRequest> = {}): CageRequest => ({
  tenant: "default",
  tool: "kustomize",
  arguments: ["."],
  folder: "source/app",
  bundles: [bundle(files)],
  files: [],
  limits,
  ...change,
});
const app = { "app/kustomization.yaml": "resources: [settings.yaml]\n", "app/settings.yaml": configMap("settings") };
const chart = { "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n", "templates/settings.yaml": configMap("{{ .Release.Name }}") };

describe.each(["namespaces", "uncaged", "lambda"] as const)("the cage (%s)", (kind) => {
  let cage: Cage;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const opened = await openCage[kind]();
    cage = "cage" in opened ? opened.cage : opened;
    close = opened.close;
  });
  afterAll(() => close());

  it("builds a kustomization and gives what it printed", async () => {
    expect(await cage.run(kustomize(app))).toMatchObject({ state: "done", output: expect.stringContaining("name: settings") });
  });

  it("renders a chart", async () => {
    const request = kustomize(chart, { tool: "helm", arguments: ["template", "web", "."], folder: "source" });
    expect(await cage.run(request)).toMatchObject({ state: "done", output: expect.stringContaining("name: web") });
  });

  it("lays several bundles side by side, and files of the request over them", async () => {
    const request = kustomize(app, {
      bundles: [bundle(app), bundle({ "patch.yaml": "" }, "refs/values")],
      files: [{ path: "source/app/kustomization.yaml", text: JSON.stringify({ resources: ["settings.yaml"], namePrefix: "my-" }) }],
    });
    expect(await cage.run(request)).toMatchObject({ state: "done", output: expect.stringContaining("name: my-settings") });
  });

  it("answers a failure with the tool's words and paths relative to the work folder", async () => {
    const answer = await cage.run(kustomize({ "app/kustomization.yaml": "resources: [missing.yaml]\n" }));
    expect(answer).toMatchObject({ state: "failed", exitCode: 1, stderr: expect.stringContaining("lstat source/app/missing.yaml") });
  });

  it("refuses paths that leave the work folder, in a bundle, a file and the folder, and lays nothing (G-06)", async () => {
    const escaping = packBundle([{ path: "../../escaped.yaml", bytes: Buffer.from("x"), executable: false }]);
    const reason = expect.stringContaining("leaves the work folder");
    expect(await cage.run(kustomize(app, { bundles: [{ at: "source", key: "bundles/x", packed: escaping }] }))).toEqual({
      state: "refused",
      reason,
    });
    expect(await cage.run(kustomize(app, { files: [{ path: "/tmp/escaped", text: "x" }] }))).toEqual({ state: "refused", reason });
    expect(await cage.run(kustomize(app, { folder: "source/../.." }))).toEqual({ state: "refused", reason });
  });

  it("ends a tool that takes too long, and works on", async () => {
    const endless = { ...chart, "templates/loop.yaml": "{{ range until 30000 }}{{ range until 30000 }}{{ end }}{{ end }}" };
    const request = kustomize(endless, {
      tool: "helm",
      arguments: ["template", "web", "."],
      folder: "source",
      limits: { ...limits, seconds: 0.5 },
    });
    expect(await cage.run(request)).toEqual({ state: "killed", limit: "time" });
    expect(await cage.run(kustomize(app))).toMatchObject({ state: "done" });
  });

  it("ends a tool that prints too much", async () => {
    expect(await cage.run(kustomize(app, { limits: { ...limits, outputBytes: 20 } }))).toEqual({ state: "killed", limit: "output" });
  });

  it("carries bundles and outputs that are larger than an invocation's payload", async () => {
    const large = configMap("large", { text: "x".repeat(5_000_000) });
    const answer = await cage.run(kustomize({ "app/kustomization.yaml": "resources: [large.yaml]\n", "app/large.yaml": large }));
    expect(answer).toMatchObject({ state: "done" });
    expect(answer.state === "done" && answer.output.length).toBeGreaterThan(5_000_000);
  });

  it("runs several at the same time, each in its own folder", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `settings-${index}`);
    const answers = await Promise.all(names.map((name) => cage.run(kustomize({ ...app, "app/settings.yaml": configMap(name) }))));
    expect(answers.map((answer) => answer.state === "done" && /name: (\S+)/.exec(answer.output)?.[1])).toEqual(names);
  });
});
