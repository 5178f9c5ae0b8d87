import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { exists } from "../cache.ts";
import { choosePorts } from "../ports.ts";
import { localTools } from "../tools.ts";
import { isLetIn } from "./basic-auth.ts";
import { close, listen } from "./listen.ts";

export interface ChartRepositoryOptions {
  /** Holds the packaged charts and their index. */
  readonly folder: string;
  /** Whom charts are given to; everybody on this machine when left out. */
  readonly credentials?: { readonly username: string; readonly password: string };
  readonly port?: number;
}

export interface ChartRepository {
  /** The `repoURL` of an Application's source. */
  readonly url: string;
  /** Packages a chart's folder, under another version if given, and adds it to the index. */
  publish(chart: string, version?: string): Promise<void>;
  stop(): Promise<void>;
}

/** A Helm chart repository on loopback: packages made by helm itself and their index.yaml, over plain HTTP. */
export async function startChartRepository(options: ChartRepositoryOptions): Promise<ChartRepository> {
  const { credentials } = options;
  const folder = resolve(options.folder);
  await mkdir(join(folder, "charts"), { recursive: true });
  const port = await choosePorts(join(folder, "ports.json"), ["http"], options.port === undefined ? {} : { http: options.port });
  const url = `http://127.0.0.1:${port("http")}`;
  const index = async () => {
    await helm(folder, ["repo", "index", join(folder, "charts"), "--url", url]);
  };

  const server = createServer(async (request, response) => {
    if (credentials !== undefined && !isLetIn(request.headers.authorization, credentials)) {
      return response.writeHead(401, { "www-authenticate": 'Basic realm="charts"' }).end();
    }
    const [, name] = /^\/([\w.+-]+\.(?:tgz|yaml))$/.exec(decodeURI(new URL(request.url ?? "/", url).pathname)) ?? [];
    const file = name === undefined ? undefined : await readFile(join(folder, "charts", name)).catch(() => undefined);
    return file === undefined ? response.writeHead(404).end() : response.writeHead(200).end(file);
  });
  // The addresses in the index follow the port, and an empty repository has an index too.
  if (await exists(join(folder, "charts", "index.yaml"))) await index();
  else await writeFile(join(folder, "charts", "index.yaml"), "apiVersion: v1\nentries: {}\n");
  await listen(server, port("http"));

  return {
    url,
    publish: async (chart, version) => {
      await helm(folder, [
        "package",
        chart,
        "--destination",
        join(folder, "charts"),
        ...(version === undefined ? [] : ["--version", version]),
      ]);
      await index();
    },
    stop: async () => {
      server.closeAllConnections();
      await close(server);
    },
  };
}

/** Runs helm away from the user's own Helm settings. */
async function helm(folder: string, args: readonly string[]): Promise<void> {
  const { helm: program } = await localTools();
  const home = join(folder, "helm");
  const env = { HOME: home, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home };
  await promisify(execFile)(program, [...args], { env });
}
