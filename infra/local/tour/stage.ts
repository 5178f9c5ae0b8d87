import { execFile } from "node:child_process";
import { mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { readClusterFacts } from "../../../shared/state/clusters.ts";
import { isAtRest } from "../stack/fleet.ts";
import type { Stack } from "../stack/start-stack.ts";
import { stackFolder } from "../stack-file.ts";
import { type Clone, cloneInto } from "./clone.ts";
import { type Harbour, openHarbour } from "./harbour.ts";
import type { Look, Seen } from "./look.ts";

/** Where the tour plays: a person's clone, kubectl and eyes. */
export interface Stage {
  readonly clone: Clone;
  readonly harbor: Harbour;
  readonly quay: Harbour;
  /** The `fairlead` command, as a person runs it. Rejects with what it said where it ends with anything but 0. */
  fairlead(...args: readonly string[]): Promise<void>;
  applications(): Promise<readonly string[]>;
  /** All Applications are synced and healthy, and nothing is under way. */
  fleetRests(): Promise<Look>;
  /** Whether Fairlead has noticed that the cluster is away. */
  missesCluster(name: string): Promise<Look>;
  /** Remembers what was said in Slack until now, and answers whether a message since then has all of the words. */
  listen(): (...words: readonly string[]) => Look;
}

/** One thing that a person may try, and what must be seen then. */
export interface TourStep {
  readonly title: string;
  /** Only clusters of our own can be taken away. */
  readonly needsOurClusters?: true;
  play(stage: Stage): Promise<Seen>;
}

export const openStage = async (stack: Stack): Promise<Stage & { close(): Promise<void> }> => {
  const { clusters, folders, git, fleet, slack } = stack;
  const clone = await cloneInto(git.remote, join(folders.root, "tour"));
  const harbour = async (name: string): Promise<Harbour> => {
    const cluster = clusters.find((each) => each.name === name);
    if (!cluster) throw new Error(`the tour goes to the sample's clusters; there is no ${name}`);
    return openHarbour(cluster, folders);
  };
  const [harbor, quay] = [await harbour("harbor"), await harbour("quay")];
  return {
    clone,
    harbor,
    quay,
    fairlead: await fairleadIn(folders.root),
    applications: () => fleet.names(),
    fleetRests: async () => {
      const ships = await fleet.ships();
      const late = ships.find((ship) => !isAtRest([ship]));
      if (isAtRest(ships)) return { seen: `${ships.length} Applications are synced and healthy` };
      return {
        instead: late ? `${late.name} is ${late.syncStatus} and ${late.health} ${late.reason ?? ""}` : "there is no Application yet",
      };
    },
    missesCluster: async (name) => {
      const facts = await readClusterFacts(fleet.table, name);
      return facts?.reachable === false ? { seen: `${name} is missed` } : { instead: `nobody has noticed that ${name} is away` };
    },
    listen: () => {
      const before = slack.messages().length;
      return (...words) => {
        const said = slack
          .messages()
          .slice(before)
          .map((message) => JSON.stringify(message));
        const found = said.some((message) => words.every((word) => message.includes(word)));
        return found
          ? { seen: `Slack says ${words.join(", ")}` }
          : { instead: `${said.length} messages in Slack, none with ${words.join(", ")}` };
      };
    },
    close: async () => void (await Promise.all([harbor.close(), quay.close()])),
  };
};

const command = join(import.meta.dirname, "../../../cli/fairlead.mjs");

/** The command looks for the stack in the folder where it is run and above, by a name that the stack's own folder need not have. */
const fairleadIn = async (root: string): Promise<Stage["fairlead"]> => {
  const desk = join(root, "desk");
  await mkdir(desk, { recursive: true });
  await rm(join(desk, stackFolder), { force: true });
  await symlink(root, join(desk, stackFolder));
  return async (...args) => void (await promisify(execFile)(process.execPath, [command, ...args], { cwd: desk }));
};
