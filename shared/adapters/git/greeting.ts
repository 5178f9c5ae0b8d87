import type { RemoteRefs } from "../../ports/git.ts";
import { broken } from "../web/failures.ts";
import type { PacketReader } from "./pkt-line.ts";

/** What a server says first. Version 2 lists what it can do; the older one lists all its refs as well. */
export type Greeting =
  | { readonly version: 2; readonly capabilities: ReadonlyMap<string, string> }
  | { readonly version: 0; readonly capabilities: ReadonlyMap<string, string>; readonly refs: RemoteRefs };

/** Reads a greeting up to and with its flush. Over HTTP a line `# service=…` with a flush of its own comes first. */
export const readGreeting = async (packets: PacketReader, label: string): Promise<Greeting> => {
  let lines = await section(packets, label);
  if (lines[0]?.startsWith("# service=")) lines = await section(packets, label);
  const greeting = lines[0] === "version 2" ? versionTwo(lines.slice(1)) : versionZero(lines, label);
  const format = greeting.capabilities.get("object-format") ?? "sha1";
  if (format !== "sha1") throw broken(label, `it uses ${format} object names, which are not supported`);
  return greeting;
};

const section = async (packets: PacketReader, label: string): Promise<readonly string[]> => {
  const lines: string[] = [];
  for (;;) {
    const next = await packets.next();
    if (next === undefined) throw broken(label, "the server closed the connection before it said anything");
    if (next.kind !== "data") return lines;
    lines.push(next.bytes.toString("utf8").trimEnd());
  }
};

const versionTwo = (lines: readonly string[]): Greeting => ({ version: 2, capabilities: capabilitiesOf(lines) });

const capabilitiesOf = (words: readonly string[]): ReadonlyMap<string, string> =>
  new Map(words.map((word) => (word.includes("=") ? [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)] : [word, ""])));

const versionZero = (lines: readonly string[], label: string): Greeting => {
  const listed = lines.filter((line) => line !== "version 1" && !line.startsWith("shallow "));
  const words = (listed[0]?.split("\0")[1] ?? "").split(" ");
  const refs = new Map<string, string>();
  for (const line of listed) {
    const parsed = readRefLine((line.split("\0")[0] ?? "").trimEnd());
    if (parsed === undefined) throw broken(label, "its list of refs cannot be read");
    // An empty repository says `capabilities^{}` with a sha of zeros; `tag^{}` is the commit that an annotated tag stands for.
    if (!parsed.name.startsWith("capabilities^")) refs.set(parsed.name.replace(/\^\{\}$/, ""), parsed.sha);
  }
  const head = words.find((word) => word.startsWith("symref=HEAD:"))?.slice("symref=HEAD:".length);
  return { version: 0, capabilities: capabilitiesOf(words), refs: { ...(head === undefined ? {} : { head }), refs } };
};

interface RefLine {
  readonly name: string;
  readonly sha: string;
  readonly symref?: string;
}

/** `<sha> <name>`, in version 2 followed by `symref-target:` and `peeled:` (which is then the sha that counts). */
export const readRefLine = (line: string): RefLine | undefined => {
  const [object = "", name = "", ...attributes] = line.split(" ");
  const attribute = (key: string) => attributes.find((text) => text.startsWith(`${key}:`))?.slice(key.length + 1);
  const sha = attribute("peeled") ?? object;
  const symref = attribute("symref-target");
  if (!/^[0-9a-f]{40}$/.test(sha) || name === "") return undefined;
  return symref === undefined ? { name, sha } : { name, sha, symref };
};
