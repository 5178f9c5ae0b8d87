/**
 * One control plane for a whole test run, started when the first test asks for it. Tests run in processes of their own, so they ask over
 * a loopback address that vitest hands them; a path that cannot be guessed keeps other users of the machine out.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { type ControlPlane, startControlPlane } from "../../infra/local/control-plane/start.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Where the shared control planes are asked for: append a name, GET. */
    controlPlanes: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const running = new Map<string, Promise<ControlPlane>>();
  const folders: string[] = [];
  const start = async (name: string): Promise<ControlPlane> => {
    const folder = await mkdtemp(join(tmpdir(), `fairlead-test-${name}-`));
    folders.push(folder);
    return startControlPlane({ name, folder });
  };
  const shared = (name: string): Promise<ControlPlane> => {
    const controlPlane = running.get(name) ?? start(name);
    running.set(name, controlPlane);
    return controlPlane;
  };

  const secret = `/${randomBytes(18).toString("base64url")}/`;
  const server = createServer(async (request, response) => {
    const name = request.url?.startsWith(secret) ? request.url.slice(secret.length) : "";
    try {
      if (!/^[a-z][a-z0-9-]{0,30}$/.test(name)) throw new Error(`"${name}" is no name for a shared control plane`);
      const { server, ca, token, kubeconfig } = await shared(name);
      response.end(JSON.stringify({ name, server, ca, token, kubeconfig }));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the control plane's broker has no port");
  project.provide("controlPlanes", `http://127.0.0.1:${address.port}${secret}`);

  return async () => {
    server.close();
    server.closeAllConnections();
    await Promise.allSettled([...running.values()].map(async (controlPlane) => (await controlPlane).stop()));
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  };
}
