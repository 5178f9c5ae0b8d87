/**
 * The tour: everything a person is invited to try, played with real pushes and kubectl, and looked at in the clusters. It believes only what
 * the API servers and Slack show, never what the functions say of themselves.
 */
import type { Stack } from "../stack/start-stack.ts";
import type { Output } from "../terminal/output.ts";
import type { Paint } from "../terminal/paint.ts";
import { NotSeen } from "./look.ts";
import { openStage, type Stage, type TourStep } from "./stage.ts";
import { tourSteps } from "./steps.ts";

/** Answers whether every step was seen. Ends with the first that was not. Rejects where the sample cannot be cloned. */
export const runTour = async (stack: Stack, output: Output, paint: Paint): Promise<boolean> => {
  const from = performance.now();
  const ours = stack.clusters.every(({ control }) => control !== undefined);
  const steps = tourSteps.filter(({ needsOurClusters }) => ours || !needsOurClusters);
  const stage = await openStage(stack);
  try {
    for (const [index, step] of steps.entries()) {
      if (!(await playStep(step, `${index + 1}/${steps.length}`, stage, output, paint))) return false;
    }
    const seconds = (performance.now() - from) / 1000;
    const done = `All ${steps.length} steps were seen in the clusters, in ${seconds.toFixed(0)} s.`;
    await output.say(["", `${paint("good", "✔")} ${paint("strong", done)}`], { event: "tour-done", steps: steps.length, seconds });
    return true;
  } finally {
    await stage.close();
  }
};

const playStep = async ({ title, play }: TourStep, number: string, stage: Stage, output: Output, paint: Paint): Promise<boolean> => {
  await output.say(["", paint("strong", `${number}  ${title}`)], { event: "tour-step", step: number, title });
  try {
    const { what, seconds } = await play(stage);
    await output.say([`${paint("good", "✔")} ${what} ${paint("quiet", `(${seconds.toFixed(1)} s)`)}`], {
      event: "tour-seen",
      step: number,
      title,
      seen: what,
      seconds,
    });
    return true;
  } catch (error) {
    const [expected, seen] = error instanceof NotSeen ? [error.expected, error.instead] : [title, wordsOf(error)];
    await output.say([`${paint("bad", "✖")} expected: ${expected}`, `  seen:     ${seen}`], {
      event: "tour-failed",
      step: number,
      title,
      expected,
      seen,
    });
    return false;
  }
};

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
