import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleFunctions } from "../../infra/bundling/bundle-functions.ts";
import { localTools } from "../../infra/local/tools.ts";
import { type LocalCage, type LocalCageOptions, namespacesCage } from "../../shared/adapters/cage/namespaces.ts";

/** The real cage on this machine, with the real tools, from the very bundle that is deployed. End it with `close`. */
export const realCage = async (options: Partial<LocalCageOptions> = {}): Promise<LocalCage> => {
  const out = await mkdtemp(join(tmpdir(), "fairlead-cage-bundle-"));
  await mkdir(join(out, "functions"));
  const [bundle] = await bundleFunctions({ out: join(out, "functions"), names: ["cage"] });
  if (!bundle) throw new Error("there is no function called cage");
  const program = join(bundle.folder, "index.mjs");
  const cage = namespacesCage({ program, node: process.execPath, tools: await localTools(), ...options });
  return { ...cage, close: () => cage.close().then(() => rm(out, { recursive: true, force: true })) };
};
