import type { Step } from "../stack/launch.ts";
import type { Paint } from "./paint.ts";
import type { Screen } from "./screen.ts";

export interface StepsView {
  show(step: Step): void;
  /** Nothing moves any more; what was under way is left out. */
  end(): void;
}

const frames = [..."⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"];
const nameWidth = 22;

/** One line per step with a tick when it is done. Meanwhile it moves on a terminal, with a bar where it is known how far it is. */
export const stepsView = (screen: Screen, paint: Paint): StepsView => {
  const working = new Map<string, Extract<Step, { state: "working" }>>();
  const told = new Map<string, string>();
  let frame = 0;
  const redraw = () => {
    const spinner = paint("news", frames[frame % frames.length] ?? "");
    screen.move(
      [...working.values()].map(
        ({ name, detail = "", done }) => `${spinner} ${name.padEnd(nameWidth)} ${bar(done)}${paint("quiet", detail)}`,
      ),
    );
  };
  const timer = screen.interactive
    ? setInterval(() => {
        frame += 1;
        redraw();
      }, 100)
    : undefined;

  return {
    show: (step) => {
      if (step.state === "up") {
        working.delete(step.name);
        redraw();
        const seconds = step.seconds >= 0.1 ? paint("quiet", ` (${step.seconds.toFixed(1)} s)`) : "";
        screen.print(`${paint("good", "✔")} ${step.name.padEnd(nameWidth)} ${step.detail}${seconds}`);
        return;
      }
      working.set(step.name, step);
      if (screen.interactive) return redraw();
      const line = plainProgress(step);
      if (line !== undefined && told.get(step.name) !== line) screen.print(line);
      if (line !== undefined) told.set(step.name, line);
    },
    end: () => {
      clearInterval(timer);
      working.clear();
      screen.move([]);
    },
  };
};

const barWidth = 24;

const bar = (done: number | undefined): string => {
  if (done === undefined) return "";
  const full = Math.round(Math.min(1, Math.max(0, done)) * barWidth);
  return `${"█".repeat(full)}${"░".repeat(barWidth - full)} ${String(Math.floor(done * 100)).padStart(3)} % `;
};

/** For logs: a line when the work changes or another tenth of it is done. */
const plainProgress = ({ name, detail, done }: Extract<Step, { state: "working" }>): string | undefined => {
  if (detail === undefined) return undefined;
  return `… ${name.padEnd(nameWidth)} ${detail}${done === undefined ? "" : `: ${Math.floor(done * 10) * 10} %`}`;
};
