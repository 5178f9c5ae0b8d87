import { CommandError, type CommandWorld, type Stack } from "../../cli/command.ts";
import { rollback } from "../../cli/commands/rollback.ts";
import { readRenderOutput } from "../../shared/model/render-output.ts";
import type { SyncMessage } from "../../shared/state/messages.ts";
import type { Ports } from "./ports.ts";
import type { World } from "./world.ts";

/** What people come to know: whether there was anything to roll back to, as far as they can tell. */
export type RolledBack = "nothing-to-do" | "maybe";

/** A person rolls an Application back to the entry before the present one, with our own command; its calls take their time, as any do. */
export const rollBack = async (world: World, application: string): Promise<RolledBack> => {
  const { timeline, trace } = world;
  const invocation = {
    id: `ada@${Math.floor(timeline.now())}`,
    fn: "cli",
    skew: 0,
    begunAt: timeline.now(),
    alive: true,
    frozenUntil: 0,
    outlives: false,
  };
  const ports = world.portsOf({ invocation, owners: new Set(), application, event: undefined });
  try {
    const { text } = await rollback.run(given(application), commandWorld(ports));
    trace.tell("people", text);
    return "maybe";
  } catch (error) {
    trace.tell("people", `rollback of ${application}: ${String(error)}`);
    // Anything else went wrong on the way.
    return error instanceof CommandError ? "nothing-to-do" : "maybe";
  }
};

const given = (application: string) => ({
  parameters: [application],
  flag: (name: string) => name === "no-wait",
  text: (name: string) => (name === "timeout" ? "300" : undefined),
  texts: () => [],
});

const commandWorld = (ports: Ports): CommandWorld => ({
  stack: async () => stackOf(ports),
  now: () => ports.clock.now(),
  pause: ports.pause,
  say: () => undefined,
  user: "ada",
});

const stackOf = ({ table, artifacts, queue }: Ports): Stack => ({
  table,
  pushes: queue("pushes"),
  syncsOf: () => queue<SyncMessage>("syncs"),
  manifests: async (digest) => {
    const bytes = await artifacts.get(`manifests/${digest}`);
    return bytes && readRenderOutput(bytes).manifests;
  },
  deadLetters: {},
  results: unused,
  preview: unused,
  tryOut: unused,
  offeredActions: unused,
  runAction: unused,
  orphans: unused,
  control: unused,
});

const unused = async (): Promise<never> => {
  throw new Error("a rollback does not ask for it");
};
