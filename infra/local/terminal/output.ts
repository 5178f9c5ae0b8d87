import type { JsonObject } from "../../../shared/model/json.ts";
import type { Step } from "../stack/launch.ts";
import { narrator } from "./narrator.ts";
import type { Paint } from "./paint.ts";
import type { Screen } from "./screen.ts";
import { stepsView } from "./steps.ts";

/** All that `npm start` says, to people or to programs. */
export interface Output {
  step(step: Step): void;
  /** Everything is up: nothing moves any more. */
  up(): void;
  event(event: JsonObject): void;
  /** Lines for people; for programs, the event that says the same. */
  say(lines: readonly string[], event: JsonObject): Promise<void>;
}

export const outputForPeople = (screen: Screen, paint: Paint, names: () => Promise<readonly string[]>): Output => {
  const steps = stepsView(screen, paint);
  const { tell, told } = narrator({ print: screen.print, paint, names });
  return {
    step: steps.show,
    up: steps.end,
    event: tell,
    say: async (lines) => {
      await told();
      screen.print(...lines);
    },
  };
};

/** One JSON object per line. */
export const outputForPrograms = (print: (line: string) => void): Output => {
  const tell = (event: JsonObject) => print(JSON.stringify(event));
  return {
    step: (step) => tell({ event: "step", ...step }),
    up: () => {},
    event: tell,
    say: async (_, event) => tell(event),
  };
};
