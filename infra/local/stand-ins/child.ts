import type { Server } from "node:http";
import * as z from "zod/mini";

/** What a stand-in's process tells its parent once it can be used. */
export const Ready = z.object({ endpoint: z.url() });

export const tellReady = (endpoint: string): void => {
  process.send?.({ endpoint } satisfies z.infer<typeof Ready>);
};

/** Ends this process cleanly with its parent, however that ends, or when asked to. Ctrl-C reaches the whole group: the parent decides. */
export const endWithParent = (close: () => Promise<void>): void => {
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    // Long polls and kept-alive connections may hold a clean close back; the data is safe by then.
    setTimeout(() => process.exit(0), 2_000).unref();
    void close().finally(() => process.exit(0));
  };
  process.on("disconnect", end);
  process.on("SIGTERM", end);
  process.on("SIGINT", () => undefined);
};

/** Answers with the server's address. Any port that is free, unless one is given. */
export const listenOnLoopback = (server: Server, port = 0): Promise<string> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === "object" && address ? address.port : ""}`);
    });
  });
