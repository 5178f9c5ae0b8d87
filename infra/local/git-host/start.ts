/**
 * A small Git server for one machine: real repositories in a folder, over HTTP with a password and over SSH with a key, that tells of
 * every accepted push as the big hosts do. The local stack and the tests push to it; nothing of it is deployed.
 */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { choosePorts } from "../ports.ts";
import { basicAuthorization } from "./basic-auth.ts";
import { gitHttpServer } from "./http-server.ts";
import { keepLargeFile } from "./large-files.ts";
import { close, listen } from "./listen.ts";
import { type Push, pushWatch } from "./pushes.ts";
import { createRepository, repositoryPath } from "./repositories.ts";
import { gitSshServer, hostKeyOf } from "./ssh-server.ts";

export interface GitHostOptions {
  /** Everything it keeps: repositories, host key, ports. Started again on the same folder, addresses stay the same where they can. */
  readonly folder: string;
  readonly credentials: GitHostCredentials;
  /** Called once per ref that an accepted push moved, after the pusher was answered. */
  readonly onPush?: (push: Push) => void;
  readonly ports?: Partial<Record<"http" | "ssh", number>>;
}

export interface GitHostCredentials {
  readonly username: string;
  readonly password: string;
  /** Lines of an `authorized_keys` file; the user is `git`. */
  readonly publicKeys?: readonly string[];
}

export interface GitHost {
  /** Address without credentials, such as http://127.0.0.1:4000/shop/sample.git. */
  httpUrl(repository: string): string;
  /** Address such as ssh://git@127.0.0.1:4001/shop/sample.git. */
  sshUrl(repository: string): string;
  /** The host's line for a `known_hosts` file. */
  readonly knownHosts: string;
  createRepository(name: string): Promise<void>;
  /** Keeps a file as Git LFS does and answers the pointer to commit in its place. */
  keepLargeFile(bytes: Uint8Array): Promise<string>;
  /** The bare repository's folder. */
  path(repository: string): string;
  stop(): Promise<void>;
}

/** Starts the server on loopback ports. */
export async function startGitHost(options: GitHostOptions): Promise<GitHost> {
  const { credentials, onPush = () => {} } = options;
  const folder = resolve(options.folder);
  await mkdir(folder, { recursive: true });
  const port = await choosePorts(join(folder, "ports.json"), ["http", "ssh"], options.ports ?? {});
  const receive = pushWatch(folder, onPush);
  const key = await hostKeyOf(folder);

  const http = gitHttpServer({ folder, username: credentials.username, password: credentials.password, receive });
  const httpUrl = (repository: string) => `http://127.0.0.1:${port("http")}/${repository}.git`;
  const largeFiles = (name: string) => ({ href: `${httpUrl(name)}/info/lfs`, header: { Authorization: basicAuthorization(credentials) } });
  const ssh = gitSshServer({ folder, publicKeys: credentials.publicKeys ?? [], hostKey: key.privateKey, receive, largeFiles });
  await Promise.all([listen(http, port("http")), listen(ssh, port("ssh"))]);

  return {
    httpUrl,
    sshUrl: (repository) => `ssh://git@127.0.0.1:${port("ssh")}/${repository}.git`,
    knownHosts: `[127.0.0.1]:${port("ssh")} ${key.publicKey.split(" ").slice(0, 2).join(" ")}`,
    keepLargeFile: (bytes) => keepLargeFile(folder, bytes),
    createRepository: (name) => createRepository(folder, name),
    path: (repository) => repositoryPath(folder, repository),
    stop: async () => {
      http.closeAllConnections();
      await Promise.all([close(http), close(ssh)]);
    },
  };
}
