import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const bin = process.env.FAIRLEAD_TEST_BINARIES ?? "/root/.cache/fairlead-dev/bin";

export interface ApiServer {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
  stop(): Promise<void>;
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

/** etcd and kube-apiserver alone: enough for everything that no controller has a part in. */
export const startApiServer = async (extra: readonly string[] = []): Promise<ApiServer> => {
  const folder = mkdtempSync(join(tmpdir(), "fairlead-api-"));
  const [etcdPort, peerPort, port] = await Promise.all([freePort(), freePort(), freePort()]);
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = join(folder, "sa.key");
  writeFileSync(key, privateKey.export({ type: "pkcs8", format: "pem" }));
  const token = "admin-token";
  writeFileSync(join(folder, "tokens.csv"), `${token},admin,admin,system:masters\nlimited-token,limited,limited,\n`);
  const children: ChildProcess[] = [];
  const run = (program: string, args: readonly string[]): void => {
    children.push(spawn(join(bin, program), args, { stdio: ["ignore", "ignore", process.env.DEBUG_SERVERS ? "inherit" : "ignore"] }));
  };
  const etcd = `http://127.0.0.1:${etcdPort}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  run("server", [
    ...["--data-dir", join(folder, "etcd"), "--unsafe-no-fsync", "--listen-client-urls", etcd, "--advertise-client-urls", etcd],
    ...["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", `default=${peer}`],
  ]);
  run("kube-apiserver", [
    ...["--etcd-servers", etcd, "--secure-port", String(port), "--bind-address", "127.0.0.1", "--cert-dir", folder],
    ...["--token-auth-file", join(folder, "tokens.csv"), "--authorization-mode", "RBAC", "--service-account-key-file", key],
    ...["--service-account-signing-key-file", key, "--service-account-issuer", "https://kubernetes.default.svc"],
    ...["--service-cluster-ip-range", "10.0.0.0/16", ...extra],
  ]);
  const server = `https://127.0.0.1:${port}`;
  const certificate = join(folder, "apiserver.crt");
  for (let tries = 0; !(existsSync(certificate) && (await ready(server, readFileSync(certificate, "utf8"), token))); tries++) {
    if (tries > 600) throw new Error("the API server did not come up");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    server,
    token,
    ca: readFileSync(certificate, "utf8"),
    stop: async () => {
      await Promise.all(children.reverse().map((child) => new Promise((resolve) => child.once("exit", resolve) && child.kill("SIGKILL"))));
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const ready = (server: string, ca: string, token: string): Promise<boolean> =>
  new Promise((resolve) => {
    const call = request(`${server}/readyz`, { ca, headers: { authorization: `Bearer ${token}` } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    call.on("error", () => resolve(false));
    call.end();
  });
