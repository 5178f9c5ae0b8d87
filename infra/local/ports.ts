import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { z } from "zod";

const Remembered = z.record(z.string(), z.number());

/**
 * One loopback port per name: the caller's, else that of the last start as far as it is free, so that addresses in people's hands stay
 * valid, else a free one. What was chosen is remembered in the file.
 */
export async function choosePorts<Name extends string>(
  file: string,
  names: readonly Name[],
  wanted: Partial<Record<Name, number>>,
): Promise<(name: Name) => number> {
  const last = await remembered(file);
  const chosen = new Map<Name, number>();
  for (const name of names) {
    chosen.set(name, wanted[name] ?? (await freePort(last[name] ?? 0, new Set(chosen.values()))));
  }
  await writeFile(file, JSON.stringify(Object.fromEntries(chosen)));
  return (name) => chosen.get(name) ?? 0;
}

async function remembered(file: string): Promise<z.infer<typeof Remembered>> {
  const text = await readFile(file, "utf8").catch(() => "{}");
  return Remembered.catch({}).parse(JSON.parse(text));
}

/** The preferred port if nothing listens there, else one that the kernel picks. */
async function freePort(preferred: number, taken: ReadonlySet<number>): Promise<number> {
  const port = (await probe(preferred)) ?? (await probe(0));
  if (port === undefined) throw new Error("no free port on 127.0.0.1");
  return taken.has(port) ? freePort(0, taken) : port;
}

function probe(port: number): Promise<number | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : undefined));
    });
  });
}
