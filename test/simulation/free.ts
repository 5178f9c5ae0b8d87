import { type Call, type Invocation, openGate } from "./gate.ts";
import { randomOf } from "./random.ts";
import { openTimeline, type Timeline } from "./timeline.ts";
import { openTrace } from "./trace.ts";

/** A gate of its own on which nothing goes wrong, and whose time passes by itself: for contract suites. */
export interface FreeGate {
  readonly call: Call;
  readonly timeline: Timeline;
}

export const freeGate = (): FreeGate => {
  const timeline = openTimeline();
  const trace = openTrace(() => timeline.now(), false);
  const nothing = (): void => undefined;
  const gate = openGate({
    timeline,
    random: randomOf("free"),
    faults: [],
    trace,
    meanwhile: () => false,
    holds: () => false,
    onKilled: nothing,
  });
  const invocation: Invocation = { id: "free", fn: "contract", skew: 0, begunAt: 0, alive: true, frozenUntil: 0, outlives: false };
  let passing = false;
  const pass = (): void => {
    passing = timeline.step();
    if (passing) setImmediate(pass);
  };
  const through = gate.callFor(invocation);
  return {
    timeline,
    call: (port, operation, subject, effect) => {
      const answer = through(port, operation, subject, effect);
      if (!passing) {
        passing = true;
        setImmediate(pass);
      }
      return answer;
    },
  };
};
