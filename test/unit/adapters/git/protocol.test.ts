import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readGreeting } from "../../../../shared/adapters/git/greeting.ts";
import { delimiter, flush, packet, readPackets } from "../../../../shared/adapters/git/pkt-line.ts";
import { type Conversation, fetchPack, listRefs } from "../../../../shared/adapters/git/upload-pack.ts";

const sha = "0123456789abcdef0123456789abcdef01234567";

async function* chunks(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const reader = (bytes: Buffer, size = 7) => readPackets(chunks(bytes, size), "the host");
const band = (channel: number, text: string) => packet(`${String.fromCharCode(channel)}${text}`);

const conversation = (answer: Buffer, version: 0 | 2 = 2, words: readonly string[] = ["shallow", "side-band-64k"]) => {
  const asked: string[] = [];
  const capabilities = version === 2 ? new Map([["fetch", "shallow"]]) : new Map(words.map((word) => [word, ""]));
  const greeting = version === 2 ? { version, capabilities } : { version, capabilities, refs: { refs: new Map<string, string>() } };
  const talk: Conversation = {
    label: "the host",
    greeting,
    close: () => {},
    async ask(request) {
      asked.push(request.toString());
      return reader(answer);
    },
  };
  return { talk, asked };
};
const packOf = async (talk: Conversation, haves: readonly string[] = []) =>
  Buffer.concat(await Array.fromAsync(fetchPack(talk, sha, haves))).toString();

describe("Git's packets", () => {
  it("are the same however the stream is cut", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ maxLength: 50 })), fc.integer({ min: 1, max: 70 }), async (texts, size) => {
        const packets = reader(Buffer.concat([...texts.map(packet), flush, delimiter]), size);
        for (const text of texts) expect(await packets.next()).toEqual({ kind: "data", bytes: Buffer.from(text) });
        expect([await packets.next(), await packets.next(), await packets.next()]).toEqual([
          { kind: "flush" },
          { kind: "delimiter" },
          undefined,
        ]);
      }),
    );
  });

  it.each(["zzzz", "0003", "<htm", "00", "0010short"])("that are none are found out: %j", async (text) => {
    await expect(reader(Buffer.from(text)).next()).rejects.toMatchObject({ code: "RepositoryUnreachable" });
  });

  it("that tell of an error throw the server's words", async () => {
    await expect(reader(packet(`ERR upload-pack: not our ref ${sha}`)).next()).rejects.toThrow(`upload-pack: not our ref ${sha}`);
  });
});

describe("a server's greeting", () => {
  it("of version 2 names what it can do", async () => {
    const bytes = Buffer.concat([
      packet("# service=git-upload-pack\n"),
      flush,
      ...["version 2", "agent=x", "fetch=shallow wait-for-done", "ls-refs"].map((line) => packet(`${line}\n`)),
      flush,
    ]);
    const greeting = await readGreeting(reader(bytes), "the host");
    expect([greeting.version, greeting.capabilities.get("fetch")]).toEqual([2, "shallow wait-for-done"]);
  });

  it("of version 0 lists refs, with tags peeled", async () => {
    const lines = [
      `${sha} HEAD\0multi_ack symref=HEAD:refs/heads/main agent=x`,
      `${sha} refs/heads/main`,
      `${"a".repeat(40)} refs/tags/v1`,
      `${sha} refs/tags/v1^{}`,
    ];
    const greeting = await readGreeting(reader(Buffer.concat([...lines.map((line) => packet(`${line}\n`)), flush])), "the host");
    expect(greeting).toMatchObject({
      version: 0,
      refs: {
        head: "refs/heads/main",
        refs: new Map([
          ["HEAD", sha],
          ["refs/heads/main", sha],
          ["refs/tags/v1", sha],
        ]),
      },
    });
  });

  it("of an empty repository lists none", async () => {
    const bytes = Buffer.concat([packet(`${"0".repeat(40)} capabilities^{}\0multi_ack`), flush]);
    expect(await readGreeting(reader(bytes), "the host")).toMatchObject({ refs: { refs: new Map() } });
  });

  it("of a repository with other object names is refused", async () => {
    const bytes = Buffer.concat([packet("version 2\n"), packet("object-format=sha256\n"), flush]);
    await expect(readGreeting(reader(bytes), "the host")).rejects.toThrow(/sha256/);
  });
});

describe("fetching a commit", () => {
  it("asks for it alone, without history, and gives the pack's bytes", async () => {
    const { talk, asked } = conversation(
      Buffer.concat([
        packet("shallow-info\n"),
        packet(`shallow ${sha}\n`),
        delimiter,
        packet("packfile\n"),
        band(2, "talk"),
        band(1, "PA"),
        band(1, "CK"),
        flush,
      ]),
    );
    expect(await packOf(talk)).toBe("PACK");
    expect(asked[0]).toMatch(/command=fetch[\s\S]*deepen 1\n[\s\S]*want 0123[\s\S]*done\n/);
    expect(asked[0]).not.toMatch(/have|thin-pack/);
  });

  it("names what is here already", async () => {
    const { talk, asked } = conversation(Buffer.concat([packet("packfile\n"), flush]));
    await packOf(talk, ["b".repeat(40)]);
    expect(asked[0]).toMatch(/thin-pack[\s\S]*shallow bbb[\s\S]*have bbb/);
  });

  it("from an old server passes its shallow lines and NAK, with channels and without", async () => {
    const start = [packet(`shallow ${sha}\n`), flush, packet("NAK\n")];
    const channels = conversation(Buffer.concat([...start, band(1, "PACK"), flush]), 0);
    expect(await packOf(channels.talk)).toBe("PACK");
    expect(await packOf(conversation(Buffer.concat([...start, Buffer.from("PACK")]), 0, ["shallow"]).talk)).toBe("PACK");
    expect(channels.asked[0]).toMatch(/^....want 0123\S+ side-band-64k shallow agent=/);
  });

  it("that the server breaks off says why", async () => {
    const { talk } = conversation(Buffer.concat([packet("packfile\n"), band(1, "PA"), band(3, "out of disk\n")]));
    await expect(packOf(talk)).rejects.toThrow("out of disk");
    await expect(packOf(conversation(Buffer.concat([packet("packfile\n"), band(1, "PA")])).talk)).rejects.toThrow(/before all files/);
    await expect(packOf(conversation(packet("shallow-info\n")).talk)).rejects.toThrow(/before the files begin/);
  });
});

describe("listing refs", () => {
  it("leaves out what was not asked for, whatever the server sends", async () => {
    const lines = [
      `${sha} HEAD symref-target:refs/heads/main`,
      `${sha} refs/heads/main`,
      `${"a".repeat(40)} refs/tags/v1 peeled:${sha}`,
      `${sha} refs/pull/1/head`,
    ];
    const { talk } = conversation(Buffer.concat([...lines.map((line) => packet(`${line}\n`)), flush]));
    expect(await listRefs(talk, ["refs/tags/"])).toEqual({
      head: "refs/heads/main",
      refs: new Map([
        ["HEAD", sha],
        ["refs/tags/v1", sha],
      ]),
    });
  });

  it("that breaks off is no list", async () => {
    await expect(listRefs(conversation(packet(`${sha} refs/heads/main\n`)).talk, ["refs/"])).rejects.toMatchObject({
      code: "RepositoryUnreachable",
    });
    await expect(listRefs(conversation(Buffer.alloc(0)).talk, ["refs/"])).rejects.toMatchObject({ code: "RepositoryUnreachable" });
  });
});
