import { queues as queueShapes } from "../../infra/topology.ts";
import type { Item, Table } from "../../shared/ports/table.ts";
import { type FakeCluster, fakeCluster } from "../fakes/fake-cluster.ts";
import { memoryArtifacts } from "../fakes/memory-artifacts.ts";
import { memoryCharts } from "../fakes/memory-charts.ts";
import { memorySecrets } from "../fakes/memory-secrets.ts";
import { memorySlack } from "../fakes/memory-slack.ts";
import type { Bug } from "./bug.ts";
import { budgetIn } from "./busy-team.ts";
import { isCleanUp } from "./clean-up.ts";
import { controllersOf, isEstablished } from "./controllers.ts";
import { isMessageFault, isTimedFault, type QueueName, type TimedFault } from "./faults.ts";
import { finalizersOf } from "./finalizers.ts";
import { secretEntries } from "./functions.ts";
import { type Gate, type Invocation, openGate } from "./gate.ts";
import type { Context, Observer } from "./observation.ts";
import type { Plan, Step } from "./plan.ts";
import { countedCall, gatedCluster } from "./ports/cluster.ts";
import { gatedArtifacts, gatedCage, gatedCharts, gatedGit, gatedSecrets, gatedSlack } from "./ports/others.ts";
import { gatedQueue, type QueueStore, queueStore } from "./ports/queue.ts";
import { twoReleases } from "./ports/releases.ts";
import { gatedTable, type TableStore, tableStore } from "./ports/table.ts";
import type { Ports } from "./ports.ts";
import { type Random, randomOf } from "./random.ts";
import { openRepositories, type Repositories } from "./repositories.ts";
import { stepTimeIn } from "./step-time.ts";
import { openTimeline, type Timeline } from "./timeline.ts";
import { openTrace, type Trace } from "./trace.ts";

/** Everything outside the functions, for one schedule. */
export interface World {
  readonly plan: Plan;
  readonly timeline: Timeline;
  readonly random: Random;
  readonly trace: Trace;
  readonly gate: Gate;
  readonly store: TableStore;
  readonly queues: Readonly<Record<QueueName, QueueStore>>;
  readonly clusters: ReadonlyMap<string, FakeCluster>;
  readonly repositories: Repositories;
  readonly bug: Bug;
  /** Takes note of who writes from now on, until something else happens. */
  writes(context: Context | undefined): void;
  portsOf(context: Context): Ports;
  /** The table is as it was then. */
  restore(items: readonly Item[]): void;
  /** Virtual times when the table went back, and the newest epoch until then. */
  readonly restores: readonly { readonly at: number; readonly epoch: number }[];
  /** It is going back right now: nothing of that is anybody's write. */
  isRestoring(): boolean;
}

export interface WorldOptions {
  readonly trace: boolean;
  readonly bug: Bug;
  readonly observers: readonly Observer[];
  readonly meanwhile: (step: Step) => boolean;
  readonly onKilled: (invocation: Invocation) => void;
}

export const openWorld = (plan: Plan, { trace: keep, bug, observers, meanwhile, onKilled }: WorldOptions): World => {
  const timeline = openTimeline();
  const now = (): number => Math.floor(timeline.now());
  const random = randomOf(plan.seed, "run");
  const trace = openTrace(() => timeline.now(), keep);
  const contexts = new Map<Invocation, Context[]>();
  const holds = (invocation: Invocation): boolean =>
    (contexts.get(invocation) ?? []).some(({ application, owners }) => {
      const owner = application === undefined ? undefined : store.read({ pk: `app#${application}`, sk: "state" })?.owner;
      return typeof owner === "string" && owners.has(owner);
    });
  const gate = openGate({ timeline, random, faults: plan.faults, trace, meanwhile, onKilled, holds });
  /** One that shows in no single call strikes once. */
  const noted = <F extends TimedFault>(fault: F | undefined): F | undefined => {
    if (fault && !gate.struck.has(fault.id)) gate.strike(fault);
    return fault;
  };
  const store = tableStore({
    now: () => timeline.now(),
    lag: () => gate.inForce("stale-index")?.by ?? 0,
    noticed: () => void noted(gate.inForce("stale-index")),
  });
  store.onWrite((before, after, text) => {
    for (const each of observers) each.tableWritten?.(before, after, text, writer);
  });
  const mixed = plan.faults.filter(isTimedFault).find((each) => each.kind === "releases");
  const releases = twoReleases(mixed, randomOf(plan.seed, "releases"), {
    met: () => void noted(mixed),
    overwritten: (key) => {
      for (const each of observers) each.newerOverwritten?.(key);
    },
  });
  const repositories = openRepositories(plan, now);
  const artifacts = memoryArtifacts();
  const { charts } = memoryCharts();
  const secrets = memorySecrets(secretEntries);
  const slack = memorySlack();
  let writer: Context | undefined;
  let restoring = false;
  const restores: { readonly at: number; readonly epoch: number }[] = [];

  const queueOf = (name: QueueName): QueueStore => {
    const shape = queueShapes.find((each) => each.name.startsWith(name)) ?? { visibility: 600, receives: 5 };
    const faults = plan.faults.filter(isMessageFault);
    return queueStore({ ...shape, name }, { timeline, random, trace, faults, strike: gate.strike });
  };
  const queues = { pushes: queueOf("pushes"), renders: queueOf("renders"), syncs: queueOf("syncs"), notices: queueOf("notices") };

  const clusters = new Map<string, FakeCluster>();
  for (const name of plan.clusters) {
    const controllers = controllersOf(() => clusterOf(name), {
      timeline,
      random,
      flapping: () => noted(gate.inForce("flapping")) !== undefined,
      lateKinds: () => noted(gate.inForce("late-kinds"))?.by ?? 0,
    });
    const finalizers = finalizersOf(() => clusterOf(name), {
      timeline,
      faults: plan.faults.filter(isTimedFault),
      inForce: () => gate.inForce("finalizers") !== undefined,
    });
    const changed: NonNullable<NonNullable<Parameters<typeof fakeCluster>[0]>["changed"]> = (after, before) => {
      if (!clusters.has(name)) return;
      for (const each of observers) each.clusterChanged?.(name, after, before, writer);
      controllers(after, before);
      finalizers.changed(after, before);
      if (after?.metadata.deletionTimestamp !== undefined && before?.metadata.deletionTimestamp === undefined)
        noted(gate.inForce("finalizers"));
    };
    clusters.set(name, fakeCluster({ changed, servesWhen: isEstablished, time: () => new Date(now()).toISOString() }));
  }
  const clusterOf = (name: string): FakeCluster => {
    const found = clusters.get(name);
    if (found === undefined) throw new Error(`no cluster ${name}`);
    return found;
  };

  const portsOf = (context: Context): Ports => {
    const { invocation } = context;
    contexts.set(invocation, [...(contexts.get(invocation) ?? []), context]);
    const call: ReturnType<Gate["callFor"]> = (port, operation, subject, effect) =>
      gate.callFor(invocation)(port, operation, subject, () => {
        writer = context;
        return effect();
      });
    const counted = (name: string) => countedCall(call, name, observers, context);
    const clock = { now: () => now() + invocation.skew, elapsed: now };
    const gated = gatedTable(releases.seenBy(invocation, store.table), call);
    const table: Table = releases.bound(invocation, bug.table?.(gated, context) ?? gated);
    const ports: Ports = {
      table,
      artifacts: gatedArtifacts(artifacts, call),
      git: gatedGit(repositories.git, call, (url, refs) => {
        const lag = gate.inForce("lagging-refs");
        if (lag === undefined) return refs;
        const shown = repositories.shownAt(url, timeline.now() - lag.by, refs);
        if ([...refs.refs].some(([name, sha]) => shown.refs.get(name) !== sha)) gate.strike(lag);
        return shown;
      }),
      charts: gatedCharts(charts, call),
      cage: gatedCage(call),
      clusters: { connect: async (name) => gatedCluster(clusterOf(name), name, counted(name)) },
      clusterNames: plan.clusters,
      secrets: gatedSecrets(secrets, call),
      slack: gatedSlack(slack, (port, operation, subject, effect) =>
        call(port, operation, subject, () => {
          for (const each of observers) each.posted?.(context, subject);
          return effect();
        }),
      ),
      clock,
      journal: {
        tell: (event, facts) => {
          const line = `${event} ${JSON.stringify(facts)}`;
          trace.tell(invocation.id, `journal ${line}`);
          for (const each of observers) each.told?.(line);
        },
      },
      pause: (milliseconds) => new Promise((resolve) => timeline.after(milliseconds, () => void (invocation.alive && resolve()))),
      newName: () => {
        const name = `${invocation.id}/${context.owners.size + 1}/${Math.floor(random.next() * 1e9)}`;
        context.owners.add(name);
        return name;
      },
      queue: (name) => {
        const { put } = queues[name];
        const noted = (body: string, delay?: number): void => {
          for (const each of observers) each.messageSent?.(name, body);
          put(body, delay);
        };
        return gatedQueue({ name, put: noted }, call);
      },
      chance: random.next,
      requestBudget: budgetIn(plan),
      stepTime: stepTimeIn(plan),
      control: plan.control,
      cleansAlways: plan.faults.some(isCleanUp),
    };
    return bug.ports?.(ports, context) ?? ports;
  };

  return {
    plan,
    timeline,
    random,
    trace,
    gate,
    store,
    queues,
    clusters,
    repositories,
    bug,
    writes: (context) => {
      writer = context;
    },
    portsOf,
    restores,
    isRestoring: () => restoring,
    restore: (items) => {
      const epoch = Number(store.read({ pk: "settings", sk: "epoch" })?.epoch ?? 1);
      restoring = true;
      store.restore(items);
      restoring = false;
      restores.push({ at: timeline.now(), epoch: Math.max(epoch, restores.at(-1)?.epoch ?? 0) });
    },
  };
};
