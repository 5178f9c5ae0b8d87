import { timingSafeEqual } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import ssh2, { type AuthContext, type ParsedKey, type ServerChannel, type Session } from "ssh2";
import { exists } from "../cache.ts";
import { spawnGuarded } from "../guarded-process.ts";
import { gitEnvironment } from "./git.ts";
import type { pushWatch } from "./pushes.ts";
import { repositoryIn, repositoryPath } from "./repositories.ts";

interface SshOptions {
  readonly folder: string;
  /** Who is let in, as lines of an `authorized_keys` file; the comment is the pusher's name. */
  readonly publicKeys: readonly string[];
  readonly hostKey: string;
  readonly receive: ReturnType<typeof pushWatch>;
  /** Answers `git-lfs-authenticate`: where a repository's large files are over HTTP, and the header that lets a client in. */
  readonly largeFiles: (repository: string) => { href: string; header: Record<string, string> };
}

/** A new Ed25519 key pair in OpenSSH's format. */
export function newSshKey(comment: string): { privateKey: string; publicKey: string } {
  // ssh2 1.17 drops a leading zero byte: one key pair in 200 is too short to be read again.
  for (;;) {
    const { private: privateKey, public: publicKey } = ssh2.utils.generateKeyPairSync("ed25519", { comment });
    if (!(ssh2.utils.parseKey(privateKey) instanceof Error)) return { privateKey, publicKey };
  }
}

/** The host's key pair, kept in the folder so that people's `known_hosts` stay right. */
export async function hostKeyOf(folder: string): Promise<{ privateKey: string; publicKey: string }> {
  const file = join(folder, "ssh_host_key");
  if (!(await exists(file))) {
    const { privateKey, publicKey } = newSshKey("git host");
    await writeFile(`${file}.pub`, publicKey);
    await writeFile(file, privateKey, { mode: 0o600 });
  }
  return { privateKey: await readFile(file, "utf8"), publicKey: (await readFile(`${file}.pub`, "utf8")).trim() };
}

/** Git's protocol over SSH for the user `git`, let in by public key; nothing but Git's own programs can be run. */
export function gitSshServer(options: SshOptions): Server {
  const keys = options.publicKeys.map(parseKey);
  const ssh = new ssh2.Server({ hostKeys: [options.hostKey] }, (client) => {
    let pusher = "git";
    client.on("error", () => {});
    client.on("authentication", (context) => {
      const key = keys.find((known) => isProof(context, known));
      if (key === undefined) return context.reject(["publickey"]);
      pusher = key.comment === "" ? "git" : key.comment;
      context.accept();
    });
    client.on("session", (accept) => onSession(accept(), options, () => pusher));
  });
  // ssh2's own listener leaves Nagle's algorithm on, which costs every conversation 0.2 s.
  return createServer({ noDelay: true }, (socket) => ssh.injectSocket(socket));
}

function parseKey(text: string): ParsedKey {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw new Error(`"${text.slice(0, 40)}…" is no public SSH key: ${key.message}`);
  return key;
}

/** A client first asks whether a key would do (no signature yet), then proves that it has it. */
function isProof(context: AuthContext, known: ParsedKey): boolean {
  if (context.method !== "publickey" || context.username !== "git" || context.key.algo !== known.type) return false;
  const wanted = known.getPublicSSH();
  if (context.key.data.length !== wanted.length || !timingSafeEqual(context.key.data, wanted)) return false;
  return (
    context.signature === undefined ||
    (context.blob !== undefined && known.verify(context.blob, context.signature, context.hashAlgo) === true)
  );
}

function onSession(session: Session, options: SshOptions, pusher: () => string): void {
  let protocol = "";
  session.on("env", (accept, _, { key, val }) => {
    if (key === "GIT_PROTOCOL") protocol = val;
    accept?.();
  });
  session.on("exec", (accept, reject, { command }) => {
    const [, program, path] = /^git[- ](upload-pack|receive-pack|lfs-authenticate) '?([^' ]+?)'?(?: download)?$/.exec(command) ?? [];
    const repository = repositoryIn(path ?? "");
    if (program === undefined || repository === undefined || repository.rest !== "") return reject();
    const channel = accept();
    if (program === "lfs-authenticate") {
      channel.write(JSON.stringify(options.largeFiles(repository.name)));
      channel.exit(0);
      return channel.end();
    }
    const serve = () => run(program, repositoryPath(options.folder, repository.name), protocol, channel);
    const served = program === "receive-pack" ? options.receive(repository.name, pusher(), serve) : serve();
    served.catch((error: unknown) => {
      channel.stderr.write(`${error}\n`);
      channel.exit(128);
      channel.end();
    });
  });
}

function run(program: string, repository: string, protocol: string, channel: ServerChannel): Promise<void> {
  const child = spawnGuarded("git", [program, repository], { env: { ...gitEnvironment, GIT_PROTOCOL: protocol }, stdio: "pipe" });
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new Error("git could not be started: is it installed?");
  stdin.on("error", () => {});
  channel.on("error", () => child.kill());
  channel.on("close", () => child.kill());
  channel.pipe(stdin);
  stdout.pipe(channel, { end: false });
  stderr.pipe(channel.stderr, { end: false });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      channel.exit(code ?? 1);
      channel.end();
      resolve();
    });
  });
}
