import type { ControlPlane } from "../../infra/local/control-plane/start.ts";
import type { HostedFunction } from "../../infra/local/lambda-host/host.ts";
import type { Random } from "../simulation/random.ts";
import type { TestStack } from "../support/running-stack.ts";
import { deleteByHand, editByHand } from "./hands.ts";
import type { SoakApplication } from "./wished.ts";

export interface SoakWorld {
  readonly stack: TestStack;
  readonly clusters: readonly ControlPlane[];
  readonly applications: readonly SoakApplication[];
  readonly random: Random;
}

/** What goes wrong, and how long it lasts (ms); `mend` is called after that. Nothing to mend where it is over at once. */
interface Fault {
  readonly share: number;
  strike(world: SoakWorld): Promise<{ readonly what: string; readonly lasts?: number; readonly mend?: () => Promise<void> }>;
}

const killed: readonly HostedFunction[] = ["sync", "sync", "sync", "fetch", "render", "scan", "notify", "webhook"];

/** F-01, F-12, F-24, F-31 and people's hands, on the real pieces. */
const faults: readonly Fault[] = [
  {
    share: 8,
    strike: async ({ stack, random }) => {
      const name = random.pick(killed);
      stack.functions.kill(name);
      return { what: `kill ${name}` };
    },
  },
  {
    share: 2,
    strike: async ({ clusters, random }) => {
      const cluster = random.pick(clusters);
      await cluster.stopApiServer();
      return { what: `${cluster.name} is away`, lasts: 3_000 + random.below(20_000), mend: () => cluster.startApiServer() };
    },
  },
  {
    share: 1,
    strike: async ({ stack }) => {
      await stack.standIns.restart("table");
      return { what: "the table's process is killed and started again" };
    },
  },
  {
    share: 1,
    strike: async ({ stack }) => {
      await stack.standIns.restart("queues");
      return { what: "the process of queues and artifacts is killed and started again" };
    },
  },
  {
    share: 2,
    strike: async ({ stack, random }) => {
      stack.deliver(false);
      return { what: "webhooks are lost", lasts: 2_000 + random.below(8_000), mend: async () => stack.deliver(true) };
    },
  },
  { share: 4, strike: async (world) => ({ what: await editByHand(world) }) },
  { share: 3, strike: async (world) => ({ what: await deleteByHand(world) }) },
];

export const randomFault = (random: Random): Fault => random.pick(faults.flatMap((fault) => Array<Fault>(fault.share).fill(fault)));
