import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes the lock of that name for this user's machine, or answers undefined when another process has it. It is an abstract socket
 * (Linux only): the kernel lets it go when its holder dies in whatever way, so there is no stale lock file to judge.
 */
export function tryLock(name: string): Promise<Lock | undefined> {
  const server = createServer((socket) => socket.destroy());
  server.unref();
  // Socket names end at 107 bytes.
  const address = `\0fairlead-${createHash("sha256").update(name).digest("hex").slice(0, 40)}`;
  return new Promise((resolve, reject) => {
    server.on("error", (error: NodeJS.ErrnoException) => (error.code === "EADDRINUSE" ? resolve(undefined) : reject(error)));
    server.listen(address, () => resolve({ release: () => new Promise((done) => server.close(() => done())) }));
  });
}

/** Runs `work` while holding the lock of that name; `onWait` is called once if another process has to finish first. */
export async function withLock<T>(name: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  let lock = await tryLock(name);
  if (lock === undefined) onWait();
  while (lock === undefined) {
    await delay(300);
    lock = await tryLock(name);
  }
  try {
    return await work();
  } finally {
    await lock.release();
  }
}
