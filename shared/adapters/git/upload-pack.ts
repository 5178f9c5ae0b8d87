import type { RemoteRefs } from "../../ports/git.ts";
import { broken } from "../web/failures.ts";
import { type Greeting, readRefLine } from "./greeting.ts";
import { delimiter, flush, type PacketReader, packet, RemoteError } from "./pkt-line.ts";

/** One conversation with `git-upload-pack` on the other side, over HTTP or SSH. */
export interface Conversation {
  readonly label: string;
  readonly greeting: Greeting;
  /** Sends one request and gives the reader of its answer. */
  ask(request: Buffer): Promise<PacketReader>;
  close(): void;
}

const agent = packet("agent=fairlead\n");

/** HEAD, and the refs whose full names begin with one of `prefixes`, annotated tags as the commits they stand for. */
export const listRefs = async (conversation: Conversation, prefixes: readonly string[]): Promise<RemoteRefs> => {
  const { greeting } = conversation;
  if (greeting.version === 0) return only(greeting.refs, prefixes);
  const answer = await conversation.ask(
    Buffer.concat([
      packet("command=ls-refs\n"),
      agent,
      delimiter,
      packet("peel\n"),
      packet("symrefs\n"),
      ...["HEAD", ...prefixes].map((prefix) => packet(`ref-prefix ${prefix}\n`)),
      flush,
    ]),
  );
  const refs = new Map<string, string>();
  let head: string | undefined;
  let next = await answer.next();
  for (; next?.kind === "data"; next = await answer.next()) {
    const line = readRefLine(next.bytes.toString("utf8").trimEnd());
    if (line === undefined) throw broken(conversation.label, "its list of refs cannot be read");
    if (line.name === "HEAD" && line.symref !== undefined) head = line.symref;
    refs.set(line.name, line.sha);
  }
  // Half a list would look like branches that were deleted.
  if (next?.kind !== "flush") throw broken(conversation.label, "its list of refs breaks off");
  return only({ ...(head === undefined ? {} : { head }), refs }, prefixes);
};

const only = (all: RemoteRefs, prefixes: readonly string[]): RemoteRefs => {
  const wanted = ([name]: [string, string]) => name === "HEAD" || prefixes.some((prefix) => name.startsWith(prefix));
  return { ...(all.head === undefined ? {} : { head: all.head }), refs: new Map([...all.refs].filter(wanted)) };
};

/**
 * The pack with one commit and its files, without history, as it arrives. `haves` are commits that are here already: their files are left
 * out where the server can. Throws RemoteError with the server's words when it refuses.
 */
export async function* fetchPack(conversation: Conversation, sha: string, haves: readonly string[]): AsyncGenerator<Buffer> {
  const { greeting, label } = conversation;
  const { capabilities, version } = greeting;
  const answer = await conversation.ask(version === 2 ? requestV2(capabilities, sha, haves) : requestV0(capabilities, sha));
  await until(version === 2 ? /^packfile$/ : /^(NAK|ACK .*)$/, answer, label);
  yield* version === 2 || capabilities.has("side-band-64k") ? demultiplexed(answer, label) : answer.rest();
}

const requestV2 = (capabilities: ReadonlyMap<string, string>, sha: string, haves: readonly string[]): Buffer => {
  const shallow = (capabilities.get("fetch") ?? "").split(" ").includes("shallow");
  const known = shallow ? haves : [];
  return Buffer.concat([
    packet("command=fetch\n"),
    agent,
    delimiter,
    packet("no-progress\n"),
    packet("ofs-delta\n"),
    // Only for a thin pack does Git look at what the commits here hold; libgit2 fills it up from them.
    ...(known.length > 0 ? [packet("thin-pack\n")] : []),
    ...known.map((have) => packet(`shallow ${have}\n`)),
    ...(shallow ? [packet("deepen 1\n")] : []),
    packet(`want ${sha}\n`),
    ...known.map((have) => packet(`have ${have}\n`)),
    packet("done\n"),
    flush,
  ]);
};

/** Azure DevOps and CodeCommit insist on multi_ack. Without haves there is one answer all the same. */
const requestV0 = (capabilities: ReadonlyMap<string, string>, sha: string): Buffer => {
  const wanted = ["multi_ack_detailed", "side-band-64k", "ofs-delta", "no-progress", "shallow"].filter((name) => capabilities.has(name));
  const deepen = capabilities.has("shallow") ? [packet("deepen 1\n")] : [];
  return Buffer.concat([packet(`want ${sha} ${wanted.join(" ")} agent=fairlead\n`), ...deepen, flush, packet("done\n")]);
};

/** Passes the lines about shallow commits, and the marks between them. */
const until = async (line: RegExp, answer: PacketReader, label: string): Promise<void> => {
  for (;;) {
    const next = await answer.next();
    if (next === undefined) throw broken(label, "the answer ends before the files begin");
    if (next.kind === "data" && line.test(next.bytes.toString("utf8").trimEnd())) return;
  }
};

/** Channel 1 carries the pack, 2 talk for people, 3 the reason why it stops. */
async function* demultiplexed(answer: PacketReader, label: string): AsyncGenerator<Buffer> {
  for (let next = await answer.next(); next !== undefined; next = await answer.next()) {
    if (next.kind !== "data") return;
    const channel = next.bytes[0];
    if (channel === 1) yield next.bytes.subarray(1);
    else if (channel === 3) throw new RemoteError(next.bytes.toString("utf8", 1).trim());
    else if (channel !== 2) throw broken(label, "the answer uses an unknown channel");
  }
  throw broken(label, "the connection closed before all files had come");
}
