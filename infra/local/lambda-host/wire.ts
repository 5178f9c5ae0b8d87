import * as z from "zod/mini";

/** What the host tells a function's process: one event to handle. `deadline` is ms since 1970. */
export const ToRunner = z.object({ id: z.number(), event: z.unknown(), deadline: z.number() });
export type ToRunner = z.infer<typeof ToRunner>;

/** What the process tells the host. An error's text is what Lambda would log and answer: name and message. */
export const ToHost = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready") }),
  z.object({ kind: z.literal("done"), id: z.number(), result: z.unknown() }),
  z.object({ kind: z.literal("failed"), id: z.number(), error: z.string() }),
]);
export type ToHost = z.infer<typeof ToHost>;
