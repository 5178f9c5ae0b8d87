import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { chmod, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract } from "tar";
import { z } from "zod";
import { type Checksum, type ProgramName, type Published, programs } from "./programs.ts";
import type { OnProgress } from "./progress.ts";

/** How long a publisher may take to answer, and to go on answering, before we build instead. Milliseconds. */
const patience = { answer: 5_000, silence: 20_000 };

/**
 * Downloads programs into the folder, each under its final name only once its checksum was right.
 * Answers with those that could not be had this way, all of them where there is no network.
 * @param placeOf Where each is published.
 */
export async function download(
  names: readonly ProgramName[],
  folder: string,
  onProgress: OnProgress,
  placeOf: (name: ProgramName) => Published = officialPlace,
): Promise<ProgramName[]> {
  onProgress({ message: "looking for ready control plane programs to download" });
  const offers = await Promise.all(
    names.map(async (name) => {
      const place = placeOf(name);
      return { name, place, sha256: await publishedDigest(place.checksum) };
    }),
  );

  const without: ProgramName[] = [];
  for (const { name, place, sha256 } of offers) {
    if (sha256 === undefined || !(await fetchProgram(name, place, sha256, folder, onProgress))) without.push(name);
  }
  return without;
}

const officialPlace = (name: ProgramName): Published => programs[name].published(process.arch === "x64" ? "amd64" : process.arch);

/** The SHA-256 that the publisher states, in hexadecimal; undefined when it cannot be had. */
async function publishedDigest(checksum: Checksum): Promise<string | undefined> {
  try {
    const answer = await fetch(checksum.url, { signal: AbortSignal.timeout(patience.answer) });
    return answer.ok ? digestIn(await answer.text(), checksum) : undefined;
  } catch {
    return undefined;
  }
}

const release = z.object({ assets: z.array(z.object({ name: z.string(), digest: z.string().nullish() })) });

/** Finds the digest in the text that the publisher has beside the program. */
function digestIn(text: string, checksum: Checksum): string | undefined {
  const hex = /^[0-9a-f]{64}$/;
  const digest = (): string | null | undefined => {
    switch (checksum.kind) {
      case "file":
        return text.trim().split(/\s+/)[0];
      case "list":
        return text
          .split("\n")
          .map((line) => line.trim().split(/\s+\*?/))
          .find(([, name]) => name === checksum.name)?.[0];
      case "release":
        return release
          .parse(JSON.parse(text))
          .assets.find(({ name }) => name === checksum.name)
          ?.digest?.replace(/^sha256:/, "");
    }
  };
  const found = digest()?.toLowerCase();
  return found !== undefined && hex.test(found) ? found : undefined;
}

async function fetchProgram(
  name: ProgramName,
  { url, inside }: Published,
  sha256: string,
  folder: string,
  onProgress: OnProgress,
): Promise<boolean> {
  const part = join(folder, `${name}.part`);
  try {
    const actual = await save(url, part, (done) => onProgress({ message: `downloading ${name}`, done }));
    if (actual !== sha256) {
      onProgress({ message: `${url} does not have the checksum that its publisher states: not used` });
      return false;
    }
    const program = inside === undefined ? part : await unpack(part, inside, `${part}-unpacked.part`);
    await chmod(program, 0o755);
    await rename(program, join(folder, name));
    return true;
  } catch {
    return false;
  } finally {
    await rm(part, { force: true });
    await rm(`${part}-unpacked.part`, { recursive: true, force: true });
  }
}

/** Saves what the address has and answers its SHA-256. */
async function save(url: string, to: string, onShare: (done: number) => void): Promise<string> {
  const stop = new AbortController();
  const watch = setTimeout(() => stop.abort(), patience.silence);
  try {
    const answer = await fetch(url, { signal: stop.signal });
    if (!answer.ok || answer.body === null) throw new Error(`${url} answered ${answer.status}`);
    const total = Number(answer.headers.get("content-length") ?? Number.NaN);
    const hash = createHash("sha256");
    let received = 0;
    const tap = new Transform({
      transform(chunk: Buffer, _, pass) {
        watch.refresh();
        hash.update(chunk);
        received += chunk.length;
        onShare(Number.isFinite(total) ? received / total : 0);
        pass(null, chunk);
      },
    });
    await pipeline(answer.body, tap, createWriteStream(to));
    return hash.digest("hex");
  } finally {
    clearTimeout(watch);
  }
}

async function unpack(archive: string, inside: string, into: string): Promise<string> {
  await mkdir(into, { recursive: true });
  await extract({ file: archive, cwd: into, filter: (path) => path === inside });
  return join(into, inside);
}
