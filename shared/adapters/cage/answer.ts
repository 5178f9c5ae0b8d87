import * as z from "zod/mini";

/** What a cage says is looked at like anything from outside: people's tools ran in there. These are all answers but a finished tool's. */
export const notDone = [
  z.object({ state: z.literal("failed"), exitCode: z.number(), stderr: z.string() }),
  z.object({ state: z.literal("killed"), limit: z.enum(["time", "memory", "disk", "output"]) }),
  z.object({ state: z.literal("refused"), reason: z.string() }),
] as const;

/** `done` comes with its output beside it. */
export const OutputApart = z.discriminatedUnion("state", [...notDone, z.object({ state: z.literal("done") })]);
