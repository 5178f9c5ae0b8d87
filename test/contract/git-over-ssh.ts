import { spawn } from "node:child_process";
import { join } from "node:path";
import ssh2 from "ssh2";
import { newSshKey } from "../../infra/local/git-host/ssh-server.ts";
import type { GitRepositories } from "./git-repositories.ts";

const { Server, utils } = ssh2;

/** A real SSH server that runs `git-upload-pack` on the repositories, for one key. `greet` tells it to forget protocol 2. */
export const gitOverSsh = async (repositories: GitRepositories) => {
  const host = newSshKey("host");
  const user = newSshKey("user");
  const allowed = utils.parseKey(user.publicKey);
  if (allowed instanceof Error) throw allowed;
  const state = { protocol: true, commands: [] as string[], answers: new Map<string, string>() };

  const server = new Server({ hostKeys: [host.privateKey] }, (client) => {
    client.on("error", () => undefined);
    client.on("authentication", (attempt) => {
      const known = attempt.method === "publickey" && attempt.username === "git" && attempt.key.data.equals(allowed.getPublicSSH());
      if (!known) return attempt.reject(["publickey"]);
      if (attempt.signature && !allowed.verify(attempt.blob ?? Buffer.alloc(0), attempt.signature, attempt.hashAlgo))
        return attempt.reject();
      attempt.accept();
    });
    client.on("session", (accept) => {
      let protocol = "";
      const session = accept();
      session.on("env", (_accept, _reject, { key, val }) => {
        if (key === "GIT_PROTOCOL" && state.protocol) protocol = val;
      });
      session.on("exec", (acceptExec, _reject, { command }) => {
        state.commands.push(command);
        const channel = acceptExec();
        const canned = state.answers.get(command.split(" ")[0] ?? "");
        if (canned !== undefined) {
          channel.write(canned);
          channel.exit(0);
          channel.end();
          return;
        }
        const path = /^git-upload-pack '\/?(.+)'$/.exec(command)?.[1] ?? "";
        const child = spawn("git", ["upload-pack", join(repositories.root, path)], {
          env: { ...repositories.environment, GIT_PROTOCOL: protocol },
        });
        channel.pipe(child.stdin);
        child.stdin.on("error", () => undefined);
        child.stdout.pipe(channel, { end: false });
        child.stderr.pipe(channel.stderr, { end: false });
        child.on("close", (code) => {
          channel.exit(code ?? 1);
          channel.end();
        });
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const hostKey = host.publicKey.split(" ").slice(0, 2).join(" ");
  return {
    url: `ssh://git@127.0.0.1:${port}`,
    port,
    hostKey,
    state,
    credentials: { kind: "ssh" as const, privateKey: user.privateKey, knownHosts: `[127.0.0.1]:${port} ${hostKey}\n` },
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
};
