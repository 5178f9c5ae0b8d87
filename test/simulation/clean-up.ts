import type { WorldFault } from "./faults.ts";
import type { Observer } from "./observation.ts";
import type { Plan } from "./plan.ts";
import { startOfTime } from "./timeline.ts";
import type { World } from "./world.ts";

export type CleanUp = Extract<WorldFault, { kind: "clean-up" }>;

export const isCleanUp = (fault: Plan["faults"][number]): fault is CleanUp => fault.kind === "clean-up";

/** History is looked through at the news of this event, whatever Application it is of. */
export const lookedThrough = "0";

/** Where history is looked through with every piece of news, and once more at one moment: a queue brings the last news of all Applications again. */
export const openCleanUps = (world: () => World): { readonly observer: Observer; start(): void } => ({
  observer: {
    tableWritten: (before, after, _text, writer) => {
      const { plan, gate } = world();
      const fault = plan.faults.find(isCleanUp);
      if (fault === undefined || after !== undefined || writer?.invocation.fn !== "notify") return;
      // What it is about is that something goes, not how much.
      if (before?.sk.startsWith("event#") && !gate.struck.has(fault.id)) gate.strike(fault);
    },
  },
  start: () => {
    const { plan, timeline, queues } = world();
    for (const fault of plan.faults.filter(isCleanUp))
      timeline.at(startOfTime + fault.at, () => {
        for (const body of lastNews(queues.notices.sent)) queues.notices.put(body);
      });
  },
});

/** One message for each Application: the last one of those. */
const lastNews = (sent: readonly string[]): readonly string[] => {
  const last = new Map<string, string>();
  for (const body of sent) {
    const { application, event } = { application: undefined, event: undefined, ...objectIn(body) };
    if (typeof application === "string" && event !== undefined) last.set(application, body);
  }
  return [...last.values()];
};

const objectIn = (body: string): object => {
  const parsed: unknown = JSON.parse(body);
  return typeof parsed === "object" && parsed !== null ? parsed : {};
};
