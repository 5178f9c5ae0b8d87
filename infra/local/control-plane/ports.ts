import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { z } from "zod";

const Ports = z.object({ api: z.number(), etcdClient: z.number(), etcdPeer: z.number() });
/** The loopback ports of one control plane. Only `api` is for clients. */
export type Ports = z.infer<typeof Ports>;

/**
 * The ports to use: the caller's, else those of the last start as far as they are free, so that kubeconfigs in people's hands stay valid, else free ones.
 * What was chosen is remembered in the folder.
 */
export async function choosePorts(folder: string, wanted: Partial<Ports>): Promise<Ports> {
  const file = join(folder, "ports.json");
  const last = await remembered(file);
  const taken = new Set<number>();
  const choose = async (name: keyof Ports): Promise<number> => {
    const port = wanted[name] ?? (await freePort(last?.[name] ?? 0, taken));
    taken.add(port);
    return port;
  };
  const ports = { api: await choose("api"), etcdClient: await choose("etcdClient"), etcdPeer: await choose("etcdPeer") };
  await writeFile(file, JSON.stringify(ports));
  return ports;
}

async function remembered(file: string): Promise<Ports | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text === undefined ? undefined : Ports.safeParse(JSON.parse(text)).data;
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
