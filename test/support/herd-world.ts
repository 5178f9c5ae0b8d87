import type { RequestBudget } from "../../shared/model/request-budget.ts";
import type { Cluster, Clusters } from "../../shared/ports/cluster.ts";
import type { Table } from "../../shared/ports/table.ts";
import { declareApplication } from "../../shared/state/applications.ts";
import type { SyncMessage } from "../../shared/state/messages.ts";
import { openTurns, type Turns } from "../../shared/sync/turns/turns.ts";
import { fakeCluster } from "../fakes/fake-cluster.ts";
import { memoryTable } from "../fakes/memory-table.ts";
import { anApplication } from "./sync-world.ts";

/** Small enough that a thousand Applications press on it. */
const tested: RequestBudget = { requests: 40, perSecond: 500 };

export interface HerdOptions {
  readonly budget?: RequestBudget;
  /** Invocations at once, each with an environment and memory of its own, as on Lambda. */
  readonly workers?: number;
  /** Calls of the cluster that a step makes, one after another in as many lines as `lines`. */
  readonly calls?: number;
  readonly callMs?: number;
  /** Throws while the cluster is away. */
  readonly before?: (at: number) => void;
}

interface Waiting {
  readonly body: SyncMessage;
  readonly visibleAt: number;
}

/** What became of one Application's sync: ms of virtual time. */
export interface Served {
  readonly application: string;
  readonly at: number;
}

const batch = 10;
const tableMs = 4;

/**
 * Many Applications at one cluster, in virtual time: a queue with delays of whole seconds, workers that take batches, a table and a cluster whose
 * answers take time. Every step is real as far as turns go; what it does at the cluster are calls that only count.
 */
export const herdWorld = (options: HerdOptions = {}) => {
  const { budget = tested, workers = 100, calls = 8, callMs = 20 } = options;
  const timers: { readonly at: number; readonly act: () => void }[] = [];
  const queue: Waiting[] = [];
  const served: Served[] = [];
  const told: string[] = [];
  const requests: number[] = [];
  const steps = { refused: 0, tableWrites: 0, refusedWrites: 0 };
  const environments: Turns[] = [];
  let now = 0;
  let inFlight = 0;
  let mostInFlight = 0;
  let names = 0;
  let seed = 7;
  const chance = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
  const pause = (milliseconds: number) => new Promise<void>((resolve) => void timers.push({ at: now + milliseconds, act: resolve }));
  const memory = memoryTable();
  const slow = async <T>(work: () => Promise<T>): Promise<T> => {
    await pause(tableMs);
    return work();
  };
  const table: Table = {
    ...memory,
    get: (key) => slow(() => memory.get(key)),
    update: async (...given) => {
      steps.tableWrites += 1;
      const answer = await slow(() => memory.update(...given));
      if (!answer.written) steps.refusedWrites += 1;
      return answer;
    },
  };
  const call = async (): Promise<{ readonly state: "absent" }> => {
    options.before?.(now);
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
    requests.push(now);
    await pause(callMs);
    inFlight -= 1;
    return { state: "absent" };
  };
  const cluster: Cluster = { ...fakeCluster(), get: call };
  const clusters: Clusters = { connect: async () => cluster };
  const send = async (messages: readonly { readonly body: SyncMessage; readonly delaySeconds?: number }[]): Promise<void> => {
    for (const { body, delaySeconds = 0 } of messages) queue.push({ body, visibleAt: now + Math.ceil(delaySeconds) * 1000 });
  };
  const newEnvironment = (): Turns =>
    openTurns({
      table,
      syncs: { send },
      clock: { now: () => now, elapsed: () => now },
      journal: { tell: (event) => void told.push(event) },
      pause,
      newName: () => `grant-${++names}`,
      chance,
      budget,
    });

  const projects = new Map<string, string>();
  const step = async ({ waits, ...body }: SyncMessage, turns: Turns): Promise<void> => {
    if (served.some(({ application }) => application === body.application)) return;
    const turn = await turns.enter({ cluster: "harbor", project: projects.get(body.application) ?? "default", waits });
    if (turn.state === "wait") {
      steps.refused += 1;
      // Without `waits` the sweeper comes.
      return send([{ body: turn.waits ? { ...body, waits: turn.waits } : body, delaySeconds: turn.waits ? turn.seconds : 60 }]);
    }
    try {
      const reached = await turn.reach(clusters).connect("harbor");
      const line = async (length: number) => {
        for (let each = 0; each < length; each++) await reached.get({ apiVersion: "v1", kind: "ConfigMap", namespace: "", name: "" });
      };
      await Promise.all([line(Math.ceil(calls / 2)), line(Math.floor(calls / 2))]);
      served.push({ application: body.application, at: now });
    } catch {
      await send([{ body, delaySeconds: 5 }]);
    } finally {
      await turn.leave();
    }
  };

  let working = 0;
  const inHand = new Map<string, number>();
  const projectOf = ({ body }: Waiting) => projects.get(body.application) ?? "";
  const count = (messages: readonly Waiting[], by: number): void => {
    for (const message of messages) inHand.set(projectOf(message), (inHand.get(projectOf(message)) ?? 0) + by);
  };
  /** As a fair queue does: who has 30 messages in hand, and a tenth of all, comes after the others. */
  const fair = (messages: readonly Waiting[]): readonly Waiting[] => {
    const all = [...inHand.values()].reduce((sum, each) => sum + each, 0);
    const isNoisy = (message: Waiting) => (inHand.get(projectOf(message)) ?? 0) >= Math.max(30, all / 10);
    return [...messages.filter((message) => !isNoisy(message)), ...messages.filter(isNoisy)];
  };
  const work = (): void => {
    while (working < workers) {
      const visible = fair(queue.filter(({ visibleAt }) => visibleAt <= now)).slice(0, batch);
      if (visible.length === 0) return;
      for (const each of visible) queue.splice(queue.indexOf(each), 1);
      working += 1;
      count(visible, 1);
      const turns = environments.pop() ?? newEnvironment();
      void Promise.all(visible.map(({ body }) => step(body, turns))).then(() => {
        working -= 1;
        count(visible, -1);
        environments.push(turns);
      });
    }
  };
  const quiet = () => new Promise<void>((resolve) => setImmediate(resolve));

  return {
    table: memory,
    served,
    told,
    steps,
    requests,
    now: () => now,
    /** No step is under way. */
    idle: () => working === 0,
    mostInFlight: () => mostInFlight,
    /** The most requests that began within a second. */
    mostPerSecond: (from = 0) => {
      const counts = new Map<number, number>();
      for (const at of requests) if (at >= from) counts.set(Math.floor(at / 1000), (counts.get(Math.floor(at / 1000)) ?? 0) + 1);
      return Math.max(...counts.values());
    },
    declare: async (names: readonly string[], project: string) => {
      for (const name of names) {
        projects.set(name, project);
        await declareApplication(memory, { application: anApplication({ name, project }), cluster: "harbor", at: 0 });
      }
    },
    wake: (names: readonly string[]) => send(names.map((application) => ({ body: { v: 1, application } }))),
    /** Something happens at this time, so that `until` comes by it though nobody is at work. */
    alarm: (at: number): void => void timers.push({ at, act: () => undefined }),
    /** A worker died: its environment is gone, and whatever it held stays. */
    newEnvironment,
    /** Until this is so; the time it took, ms. */
    until: async (is: () => boolean, within = 3_600_000): Promise<number> => {
      const begin = now;
      while (!is()) {
        work();
        await quiet();
        const next = Math.min(
          ...timers.map(({ at }) => at),
          ...queue.map(({ visibleAt }) => Math.max(visibleAt, working < workers ? 0 : Number.POSITIVE_INFINITY)),
        );
        if (!Number.isFinite(next) || now - begin > within)
          throw new Error(`it never comes: ${served.length} served after ${now - begin} ms`);
        now = Math.max(now, next);
        for (const timer of timers.filter(({ at }) => at <= now)) {
          timers.splice(timers.indexOf(timer), 1);
          timer.act();
        }
        await quiet();
      }
      return now - begin;
    },
  };
};
