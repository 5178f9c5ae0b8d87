import { performance } from "node:perf_hooks";
import type { Progress } from "../control-plane/progress.ts";

/** What comes up, for the terminal. `done` is a share from 0 to 1 where something takes long and it is known. */
export type Step =
  | { readonly name: string; readonly state: "working"; readonly detail?: string; readonly done?: number }
  | { readonly name: string; readonly state: "up"; readonly detail: string; readonly seconds: number };

export interface Launch {
  /** Does one step and tells of it. `detail` says in a word what came of it. */
  step<T>(name: string, work: (onProgress: (progress: Progress) => void) => Promise<T>, detail: (made: T) => string): Promise<T>;
  /** The same for what has to be stopped at the end; `first` before all others. */
  start<T extends Running>(
    name: string,
    work: (onProgress: (progress: Progress) => void) => Promise<T>,
    detail: (made: T) => string,
    order?: "first",
  ): Promise<T>;
  /** What came up without being a step of its own. */
  keep(running: Running): Promise<void>;
  /** Stops everything that was started, also what only comes up now. */
  stop(): Promise<void>;
}

interface Running {
  stop(): Promise<unknown>;
}

/** Keeps what was started until it is stopped. */
export const launch = (onStep: (step: Step) => void): Launch => {
  const stops: { readonly first: boolean; readonly stop: () => Promise<unknown> }[] = [];
  let ending = false;

  const step: Launch["step"] = async (name, work, detail) => {
    const from = performance.now();
    onStep({ name, state: "working" });
    const made = await work(({ message, done }) =>
      onStep({ name, state: "working", detail: message, ...(done !== undefined && { done }) }),
    );
    onStep({ name, state: "up", detail: detail(made), seconds: (performance.now() - from) / 1000 });
    return made;
  };

  const keep = async (running: Running, first = false): Promise<void> => {
    const stop = () => running.stop();
    if (ending) await stop();
    else stops.push({ first, stop });
  };

  return {
    step,
    start: async (name, work, detail, order) => {
      const started = await step(name, work, detail);
      await keep(started, order === "first");
      return started;
    },
    keep: (running) => keep(running),
    stop: async () => {
      ending = true;
      const all = stops.splice(0);
      await Promise.allSettled(all.filter(({ first }) => first).map(({ stop }) => stop()));
      await Promise.allSettled(all.filter(({ first }) => !first).map(({ stop }) => stop()));
    },
  };
};
