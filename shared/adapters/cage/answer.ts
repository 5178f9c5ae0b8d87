import * as z from "zod/mini";
import type { CageAnswer } from "../../ports/cage.ts";

/** What a cage says is looked at like anything from outside: people's tools ran in there. `done` comes with its output beside it. */
export const AnswerShape = z.discriminatedUnion("state", [
  z.object({ state: z.literal("done") }),
  z.object({ state: z.literal("failed"), exitCode: z.number(), stderr: z.string() }),
  z.object({ state: z.literal("killed"), limit: z.enum(["time", "memory", "output"]) }),
  z.object({ state: z.literal("refused"), reason: z.string() }),
]);

export const withOutput = (answer: z.infer<typeof AnswerShape>, output: () => string): CageAnswer =>
  answer.state === "done" ? { state: "done", output: output() } : answer;
