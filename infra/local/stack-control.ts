/**
 * The running stack's control endpoint on loopback: how another process asks it to stop and start one of its clusters. Whoever asks must
 * know the word in the stack file, so that a page in a browser cannot.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";

export interface ControlledCluster {
  readonly name: string;
  stopApiServer(): Promise<void>;
  startApiServer(): Promise<void>;
}

export interface StackControl {
  readonly url: string;
  readonly token: string;
  stop(): Promise<void>;
}

export const startStackControl = async (clusters: readonly ControlledCluster[]): Promise<StackControl> => {
  const token = randomBytes(24).toString("base64url");
  const server = createServer(getRequestListener(controlApp(clusters, token).fetch));
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the control endpoint has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    token,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

export const controlApp = (clusters: readonly ControlledCluster[], token: string): Hono => {
  const app = new Hono();
  app.use(async (context, next) => {
    if (!sameWord(context.req.header("authorization") ?? "", `Bearer ${token}`)) return context.json({ message: "the word is wrong" }, 401);
    return next();
  });
  app.post("/clusters/:name/:verb{stop|start}", async (context) => {
    const { name, verb } = context.req.param();
    const cluster = clusters.find((candidate) => candidate.name === name);
    if (!cluster) {
      const names = clusters.map((candidate) => candidate.name).join(", ");
      return context.json({ message: `the stack has no cluster ${name}; it has ${names === "" ? "none of its own" : names}` }, 404);
    }
    await (verb === "stop" ? cluster.stopApiServer() : cluster.startApiServer());
    return context.json({ cluster: name, state: verb === "stop" ? "stopped" : "running" });
  });
  app.onError((error, context) => context.json({ message: error.message }, 500));
  return app;
};

const sameWord = (given: string, wanted: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
};
