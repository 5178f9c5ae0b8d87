import { Failure } from "../../shared/model/failure.ts";
import type { CallFault, Fault, TimedFault } from "./faults.ts";
import { isCallFault, isTimedFault } from "./faults.ts";
import type { Step } from "./plan.ts";
import type { Random } from "./random.ts";
import { startOfTime, type Timeline } from "./timeline.ts";
import type { Trace } from "./trace.ts";

/** One run of a function: what it works on dies with it. */
export interface Invocation {
  readonly id: string;
  readonly fn: string;
  /** Its machine's clock is so many milliseconds ahead. */
  readonly skew: number;
  /** Virtual ms since 1970. */
  readonly begunAt: number;
  alive: boolean;
  frozenUntil: number;
  /** Its timeout does not end it: it is frozen, and so is its timeout. */
  outlives: boolean;
}

/** Every call of every port passes here; `subject` is for people and for faults that mean one cluster or repository. */
export type Call = <T>(port: string, operation: string, subject: string, effect: () => Promise<T>) => Promise<T>;

export interface Gate {
  callFor(invocation: Invocation): Call;
  /** What struck, by id, and crash points by `point before|after`. */
  readonly struck: Map<string, number>;
  readonly crashed: Map<string, number>;
  /** Whether a fault of this kind is at work now. */
  inForce<K extends TimedFault["kind"]>(kind: K): Extract<TimedFault, { kind: K }> | undefined;
  strike(fault: Fault): void;
  /** Counts what is no fault of the schedule's own but has an id. */
  note(id: string): void;
  /** When a call or a kill of an invocation happened last. */
  lastCrash(): number;
}

export interface GateWorld {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly faults: readonly Fault[];
  readonly trace: Trace;
  /** False when there was nothing to do it to. */
  readonly meanwhile: (step: Step) => boolean;
  /** Whether it has the lease of what it works on. */
  readonly holds: (invocation: Invocation) => boolean;
  readonly onKilled: (invocation: Invocation) => void;
}

/** Milliseconds that calls of a port take: at least, at most. */
const latencies: Readonly<Record<string, readonly [number, number]>> = {
  table: [1, 6],
  artifacts: [5, 30],
  git: [40, 300],
  charts: [40, 200],
  cluster: [2, 25],
  cage: [100, 900],
  slack: [50, 250],
  secrets: [3, 12],
};
const usual = [2, 12] as const;

/** Never answers: whoever waited is gone. */
const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

export const openGate = (world: GateWorld): Gate => {
  const { timeline, random, trace } = world;
  const byPoint = Map.groupBy(world.faults.filter(isCallFault), ({ point }) => point);
  const timed = world.faults.filter(isTimedFault);
  const counts = new Map<string, number>();
  const struck = new Map<string, number>();
  const crashed = new Map<string, number>();
  let lastCrash = 0;

  const note = (id: string): void => void struck.set(id, (struck.get(id) ?? 0) + 1);
  const strike = (fault: Fault): void => {
    note(fault.id);
    trace.tell("fault", `${fault.id} ${fault.kind}`);
  };
  const isNow = ({ from, lasts }: TimedFault): boolean => {
    const since = timeline.now() - startOfTime;
    return since >= from && since < from + lasts;
  };
  const kill = (invocation: Invocation, point: string, when: string): void => {
    const name = `${point} ${when}`;
    crashed.set(name, (crashed.get(name) ?? 0) + 1);
    lastCrash = timeline.now();
    invocation.alive = false;
    world.onKilled(invocation);
  };

  /** The fault that strikes at this very call. */
  const faultAt = (point: string): CallFault | undefined => {
    const candidates = byPoint.get(point);
    if (candidates === undefined) return undefined;
    const count = (counts.get(point) ?? 0) + 1;
    counts.set(point, count);
    return candidates.find((fault) => {
      const times = fault.kind === "refused" ? fault.times : 1;
      return count >= fault.nth && count < fault.nth + times;
    });
  };

  const outageOf = (port: string, subject: string): TimedFault | undefined =>
    timed.find(
      (fault) =>
        fault.kind === "outage" &&
        fault.port === port &&
        (fault.subject === undefined || subject.startsWith(fault.subject)) &&
        isNow(fault),
    );

  const callFor =
    (invocation: Invocation): Call =>
    <T>(port: string, operation: string, subject: string, effect: () => Promise<T>): Promise<T> => {
      if (!invocation.alive) return never();
      const name = `${port}.${operation}`;
      const point = `${invocation.fn}:${name}`;
      const [low, high] = latencies[port] ?? usual;
      const latency = random.between(low, high);
      const answer = Promise.withResolvers<T>();
      const says = (what: string): void => trace.tell(invocation.id, `${name} ${subject} ${what}`);

      /** Whoever is dead hears nothing; whoever is frozen hears it when it wakes. */
      const hear = (then: () => void): void => {
        if (!invocation.alive) return;
        if (timeline.now() >= invocation.frozenUntil) then();
        else timeline.at(invocation.frozenUntil + random.between(0, 5), () => hear(then));
      };
      const done = (): Promise<void> =>
        Promise.resolve()
          .then(effect)
          .then(
            (value) => {
              trace.answer(invocation.id, name, subject, value);
              hear(() => answer.resolve(value));
            },
            (error: unknown) => {
              says(`✗ ${String(error)}`);
              hear(() => answer.reject(error));
            },
          );
      const fails = (code: Failure["code"], retryAfter?: number): void => {
        says(`✗ ${code}`);
        const failure = new Failure(code, subject, `simulated ${code} of ${name}`, retryAfter === undefined ? {} : { retryAfter });
        hear(() => answer.reject(failure));
      };

      const act = (fault: CallFault | undefined) => {
        if (!invocation.alive) return;
        const outage = fault ? undefined : outageOf(port, subject);
        if (outage?.kind === "outage") {
          strike(outage);
          return fails(outage.code);
        }
        if (fault === undefined) return void done();
        if (fault.kind !== "freeze" && fault.kind !== "meanwhile") strike(fault);
        switch (fault.kind) {
          case "crash": {
            says(`☠ ${fault.when}`);
            if (fault.when === "before") return kill(invocation, point, "before");
            return void Promise.resolve()
              .then(effect)
              .catch(() => undefined)
              .then(() => kill(invocation, point, "after"));
          }
          case "answer-lost":
            return void Promise.resolve()
              .then(effect)
              .then(
                () => fails(fault.code),
                (error: unknown) => hear(() => answer.reject(error)),
              );
          case "done-twice":
            return void Promise.resolve()
              .then(effect)
              .catch(() => undefined)
              .then(() => timeline.after(random.between(20, 400), () => void (invocation.alive && done())));
          case "refused":
            return fails(fault.code, fault.retryAfter);
          case "freeze": {
            says(`❄ ${Math.round(fault.lasts / 1000)} s`);
            invocation.frozenUntil = timeline.now() + fault.lasts;
            invocation.outlives = true;
            if (fault.step) world.meanwhile(fault.step);
            const held = world.holds(invocation);
            return timeline.after(fault.lasts, () => {
              // Only who comes back without the lease that it had is what this fault is about.
              if (held && !world.holds(invocation)) strike(fault);
              act(undefined);
            });
          }
          case "slow":
            says(`… ${Math.round(fault.lasts / 1000)} s`);
            return timeline.after(fault.lasts, () => act(undefined));
          case "meanwhile":
            if (world.meanwhile(fault.step)) strike(fault);
            return act(undefined);
        }
      };

      const fault = faultAt(point);
      const start = Math.max(timeline.now(), invocation.frozenUntil);
      timeline.at(start + latency, () => act(fault));
      return answer.promise;
    };

  return {
    callFor,
    struck,
    crashed,
    strike,
    note,
    lastCrash: () => lastCrash,
    inForce: (kind) => {
      for (const fault of timed) if (isKind(fault, kind) && isNow(fault)) return fault;
      return undefined;
    },
  };
};

const isKind = <K extends TimedFault["kind"]>(fault: TimedFault, kind: K): fault is Extract<TimedFault, { kind: K }> => fault.kind === kind;
