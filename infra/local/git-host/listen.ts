import type { Server } from "node:net";

/** Listens on a loopback port; rejects when it is taken. */
export function listen(server: Pick<Server, "listen" | "once" | "off">, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Stops listening and answers when the last connection has ended. */
export const close = (server: { close(done: () => void): unknown }): Promise<void> => new Promise((done) => server.close(() => done()));
