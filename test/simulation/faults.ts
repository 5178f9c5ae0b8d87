import type { FailureCode } from "../../shared/model/failure.ts";
import type { RequestBudget } from "../../shared/model/request-budget.ts";
import type { Step } from "./plan.ts";

/** A place in the code where something can strike: function and port call, such as `sync:table.update`. */
export type Point = string;

/** When a fault strikes: at the `nth` time (from 1) that its point is reached. */
interface AtCall {
  readonly id: string;
  readonly point: Point;
  readonly nth: number;
}

interface InTime {
  readonly id: string;
  /** Milliseconds from the start. */
  readonly from: number;
  readonly lasts: number;
}

export type CallFault = AtCall &
  (
    | { readonly kind: "crash"; readonly when: "before" | "after" }
    /** Done, and the caller hears that it failed. */
    | { readonly kind: "answer-lost"; readonly code: FailureCode }
    /** Done, the answer lost, and done again by the client's own retry. */
    | { readonly kind: "done-twice" }
    /** Not done; so many calls in a row. */
    | { readonly kind: "refused"; readonly code: FailureCode; readonly times: number; readonly retryAfter?: number }
    /** The whole process stands still just before this call is on its way; `step`: what people do meanwhile. */
    | { readonly kind: "freeze"; readonly lasts: number; readonly step?: Step }
    /** The call takes so long; `late`: the caller hears nothing, the other side does it at the end all the same. */
    | { readonly kind: "slow"; readonly lasts: number }
    /** Something happens in the world just before. */
    | { readonly kind: "meanwhile"; readonly step: Step }
  );

export const queueNames = ["pushes", "renders", "syncs", "notices"] as const;
export type QueueName = (typeof queueNames)[number];

export type MessageFault = {
  readonly id: string;
  readonly queue: QueueName;
  readonly nth: number;
} & (
  | { readonly kind: "message-lost" }
  | { readonly kind: "message-copied"; readonly copies: number; readonly within: number }
  | { readonly kind: "message-late"; readonly by: number }
);

export type TimedFault = InTime &
  /** Every call of a port fails; `subject` narrows it to one cluster or repository. */
  (
    | { readonly kind: "outage"; readonly port: string; readonly subject?: string; readonly code: FailureCode }
    | { readonly kind: "schedule"; readonly scan: "sweep" | "poll" | "drift"; readonly what: "never" | "twice" }
    /** Pushes are not announced. */
    | { readonly kind: "webhooks-off" }
    /** The Git host shows heads as they were so long ago. */
    | { readonly kind: "lagging-refs"; readonly by: number }
    /** The index of due items is so old. */
    | { readonly kind: "stale-index"; readonly by: number }
    /** A cluster serves the kind of a new CRD so much later. */
    | { readonly kind: "late-kinds"; readonly by: number }
    /** What controllers make ready turns bad again and again. */
    | { readonly kind: "flapping" }
    /** A controller has a finalizer on every object, and takes it off at the end. */
    | { readonly kind: "finalizers" }
    /** A newer release of ours runs beside the old one, to which `items` of its writing are of another version; `back`: it is taken back half-way. */
    | { readonly kind: "releases"; readonly items: string; readonly back: boolean }
  );

export type WorldFault = { readonly id: string } & (
  | { readonly kind: "clocks"; readonly apart: number }
  /** The table is as it was so many ms before, or empty; what people declared by hand they declare `again` so many ms later. */
  | { readonly kind: "restored"; readonly at: number; readonly back: number | "all"; readonly again: number }
  /** History is looked through with every piece of news, and at this moment for all Applications. */
  | { readonly kind: "clean-up"; readonly at: number }
  /** A message of a newer version of our own code. */
  | { readonly kind: "newer-message"; readonly queue: QueueName; readonly from: number }
  /** A team whose Applications change all at once, beside one with a single Application, at a cluster that may be asked for little. */
  | {
      readonly kind: "busy-team";
      readonly budget: RequestBudget;
      readonly applications: number;
      readonly at: number;
      readonly pushes: number;
    }
  /** A week later, old messages come once more. */
  | { readonly kind: "redriven"; readonly messages: number }
);

export type Fault = CallFault | MessageFault | TimedFault | WorldFault;

export const isCallFault = (fault: Fault): fault is CallFault => "point" in fault;
export const isMessageFault = (fault: Fault): fault is MessageFault => "queue" in fault && "nth" in fault;
export const isTimedFault = (fault: Fault): fault is TimedFault => "lasts" in fault && "from" in fault;

/** One line for people. */
export const describeFault = (fault: Fault): string => {
  const { id, kind, ...rest } = fault;
  return `${id} ${kind} ${JSON.stringify(rest)}`;
};
