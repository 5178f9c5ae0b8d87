/** The functions of a stack: their bundles, their cage, and the world that they are told of. */
import { dirname, join } from "node:path";
import { stop as stopEsbuild } from "esbuild";
import { namespacesCage } from "../../../shared/adapters/cage/namespaces.ts";
import { environmentFor } from "../../../shared/adapters/environment.ts";
import type { JsonObject } from "../../../shared/model/json.ts";
import { bundleFunctions } from "../../bundling/bundle-functions.ts";
import { type LambdaHost, startLambdaHost } from "../lambda-host/host.ts";
import { local } from "../stand-ins/names.ts";
import { type StandIns, whereabouts } from "../stand-ins/start.ts";
import type { StackFolders } from "./folders.ts";
import type { Launch } from "./launch.ts";

export interface FunctionsWorld {
  readonly folders: StackFolders;
  readonly standIns: StandIns;
  /** Folder with `<function>/index.mjs`. */
  readonly bundles: string;
  /** Path of the installation file. */
  readonly installation: string;
  readonly tools: { readonly kubectl: string; readonly helm: string };
  readonly uncaged: boolean;
  readonly port: number;
  /** Seconds between the events of a schedule. */
  readonly every: Readonly<Record<string, number>>;
  readonly onLine: (line: JsonObject) => void;
}

/** Answers the folder of the bundles. */
export const makeBundles = async (launch: Launch): Promise<string> => {
  const bundles = await launch.step(
    "Functions bundled",
    async () => {
      const made = await bundleFunctions();
      // Its service would stay as long as we do.
      await stopEsbuild();
      return made;
    },
    (all) => `${all.length}, ${all.filter(({ made }) => made).length} of them anew`,
  );
  return dirname(bundles[0]?.folder ?? "");
};

/** Throws ConfigurationInvalid, with what to do, where the kernel forbids the namespaces in which people's charts are run. */
export const checkCage = async (
  { bundles, tools, uncaged }: Pick<FunctionsWorld, "bundles" | "tools" | "uncaged">,
  launch: Launch,
): Promise<void> => {
  const cage = namespacesCage({ program: join(bundles, "cage", "index.mjs"), node: process.execPath, tools });
  const check = async () => (uncaged ? undefined : cage.check());
  await launch.step("Cage", check, () =>
    uncaged ? "off: charts and kustomizations run with your own rights" : "charts and kustomizations run in namespaces of their own",
  );
};

export const startFunctions = (world: FunctionsWorld): Promise<LambdaHost> => {
  const { folders, standIns, bundles, installation, tools, uncaged, port, every, onLine } = world;
  const texts = {
    ...whereabouts(standIns),
    FAIRLEAD_SECRETS: `folder:${folders.secrets}`,
    FAIRLEAD_CONFIG: installation,
    FAIRLEAD_CAGE: `${uncaged ? "uncaged" : "here"}:${dirname(tools.kubectl)}`,
  };
  return startLambdaHost({
    bundles,
    environmentOf: (name) => ({
      ...standIns.environment,
      ...environmentFor(name, texts),
      HOME: folders.work,
      TMPDIR: folders.work,
      PATH: process.env.PATH ?? "",
    }),
    queueUrl: standIns.queueUrl,
    sqs: { endpoint: standIns.endpoints.sqs, region: local.region },
    port,
    every,
    onLine: (name, line) => onLine({ function: name, ...line }),
  });
};
