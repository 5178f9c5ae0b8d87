import { normaliseRepositoryUrl } from "../../shared/model/repository-url.ts";
import { isDirty, StateItem } from "../../shared/state/application-state.ts";
import { keys, readItem } from "../../shared/state/items.ts";
import { isSettling } from "../../shared/sync/health-check.ts";
import { noBug } from "../simulation/bug.ts";
import { openDoings } from "../simulation/doings.ts";
import type { Fault } from "../simulation/faults.ts";
import type { Invocation } from "../simulation/gate.ts";
import { host, type ObjectKind, type Plan, type Step } from "../simulation/plan.ts";
import { pointsOf } from "../simulation/points.ts";
import { type Random, randomOf } from "../simulation/random.ts";
import { openRunning, type Running } from "../simulation/running.ts";
import { openSchedule } from "../simulation/schedule.ts";
import { startOfTime } from "../simulation/timeline.ts";
import { openWorld, type World } from "../simulation/world.ts";

export type Mortal = "fetch" | "render" | "sync";

/** A worker that died at an Application which had something open, and the virtual seconds until somebody else went on with it. */
export interface Death {
  readonly of: Mortal;
  readonly seconds: number;
}

const name = "web";
const repository = `${host}/team/web.git`;
const [second, minute] = [1_000, 60_000];
/** Who has not gone on after this long never will. */
const patience = 60 * minute;

/**
 * One Application in the simulator, with the product's own handlers: at a random moment of its life the worker that is at it dies. Undefined where
 * nobody was at work, or nothing was left to do.
 */
export const oneDeath = async (seed: string): Promise<Death | undefined> => {
  const random = randomOf(seed, "death");
  const plan = planFor(seed, random);
  const holder: { world?: World; running?: Running } = {};
  const opened = (): World => {
    if (holder.world === undefined) throw new Error("the world is not open yet");
    return holder.world;
  };
  let dead: Invocation | undefined;
  let acquired = 0;
  const running = openRunning(opened);
  const world = openWorld(plan, {
    trace: false,
    bug: noBug,
    observers: [
      {
        tableWritten: (before, after) => {
          const [was, is] = [before?.owner, after?.owner];
          if ((before ?? after)?.pk !== keys.state(name).pk || (before ?? after)?.sk !== keys.state(name).sk) return;
          // Who forgets it has gone on with it, too.
          if (after === undefined || (is !== undefined && is !== was)) acquired += 1;
        },
      },
    ],
    meanwhile: () => false,
    onKilled: (invocation) => {
      dead ??= invocation;
      running.killed(invocation);
    },
  });
  const doings = openDoings(world, running);
  holder.world = world;
  running.listen();
  await doings.declare();
  for (const step of plan.steps) world.timeline.at(startOfTime + step.at, () => doings.do(step));
  openSchedule(world, running, () => world.timeline.now()).start();

  const killer = plan.faults.some(({ kind }) => kind === "crash") ? idle : killerFor(plan, running, random);
  const mortals = () => [...running.under].filter(isMortal);
  const until = async (is: () => boolean | Promise<boolean>, patiently: number): Promise<boolean> => {
    const begun = world.timeline.now();
    while (!(await is())) {
      if (world.timeline.now() - begun > patiently || !world.timeline.step()) return false;
      await new Promise<void>((resolve) => setImmediate(resolve));
      dead ??= killer.look(world.timeline.now() - startOfTime);
    }
    return true;
  };
  if (!(await until(() => dead !== undefined, 8 * minute)) || dead === undefined || !isMortal(dead)) return undefined;
  const diedAt = world.timeline.now();
  // Somebody else is at it already.
  if (mortals().length > 0) return undefined;
  const isNext = await whoGoesOn(dead, world, { running, acquired: () => acquired });
  if (isNext === undefined) return undefined;
  const came = await until(isNext, patience);
  return { of: dead.fn, seconds: came ? (world.timeline.now() - diedAt) / second : Number.POSITIVE_INFINITY };
};

const isMortal = (invocation: Invocation): invocation is Invocation & { readonly fn: Mortal } =>
  ["fetch", "render", "sync"].includes(invocation.fn);

interface Killer {
  /** At so many milliseconds from the start; whom it killed. */
  look(now: number): Invocation | undefined;
}

const idle: Killer = { look: () => undefined };

/** At its beginning, or at what people do later: from then on a worker that is at work, somewhere in the middle of it. */
const killerFor = ({ steps }: Plan, running: Running, random: Random): Killer => {
  const fn = random.pick(["fetch", "render", "sync", "sync"]);
  const later = fn === "sync" && random.chance(0.5) ? random.between(0, 60) * second : 0;
  const from = (random.chance(0.5) ? 0 : (steps[0]?.at ?? 0)) + later;
  let [victim, at]: [Invocation | undefined, number] = [undefined, 0];
  return {
    look: (now) => {
      if (victim && !running.under.has(victim)) victim = undefined;
      if (victim === undefined && now >= from) {
        victim = [...running.under].find((each) => each.fn === fn);
        at = now + random.between(0, random.pick([0.03, 0.3, 3, 30])) * second;
      }
      if (victim === undefined || now < at) return undefined;
      victim.alive = false;
      running.killed(victim);
      return victim;
    },
  };
};

interface Seen {
  readonly running: Running;
  /** How often somebody took the Application's lease. */
  readonly acquired: () => number;
}

/** What is left to do decides who must come: fetch for refs nobody looked at, render for an unknown input, a sync that takes the lease for the rest. */
const whoGoesOn = async (
  dead: Invocation & { readonly fn: Mortal },
  { store }: World,
  { running, acquired }: Seen,
): Promise<(() => boolean) | undefined> => {
  const [stateItem, refItem] = await Promise.all([
    store.table.get(keys.state(name)),
    store.table.get(keys.ref(normaliseRepositoryUrl(repository), "refs/heads/main")),
  ]);
  if (stateItem === undefined) return undefined;
  const state = readItem(StateItem, stateItem);
  const begins = (fn: Mortal) => () => [...running.under].some((each) => each.fn === fn);
  const isFetched = Number(refItem?.done ?? 0) >= Number(refItem?.wanted ?? 0) && (state.input !== undefined || !isDirty(state));
  if (dead.fn === "fetch" && !isFetched) return begins("fetch");
  const isRendered = state.input === undefined || (await store.table.get(keys.render(state.input))) !== undefined;
  if (isDirty(state) && dead.fn !== "sync" && !isRendered) return begins("render");
  const before = acquired();
  if (state.owner !== undefined || isDirty(state) || state.phase === "Running") return () => acquired() > before;
  return dead.fn === "sync" && isSettling(state) ? begins("sync") : undefined;
};

const planFor = (seed: string, random: Random): Plan => {
  const count = random.chance(0.25) ? 20 + random.below(40) : 1 + random.below(5);
  const kinds: readonly ObjectKind[] = ["ConfigMap", "ConfigMap", "Secret", "Deployment", "Hook"];
  const objects = Array.from({ length: count }, (_, at) => ({
    name: `${name}-${at}`,
    kind: at < 6 ? random.pick(kinds) : ("ConfigMap" as const),
    wave: random.below(3),
  }));
  const application = {
    name,
    repository,
    tool: random.pick(["directory", "kustomize"] as const),
    cluster: "harbor",
    namespace: "production",
  };
  return {
    seed,
    clusters: ["harbor"],
    applications: [{ ...application, selfHeal: true, objects }],
    control: false,
    steps: [stepAt(Math.round(random.between(100, 300) * second), random)],
    faults: [...slowness(random), ...(random.chance(0.5) ? [crashFor(random)] : [])],
  };
};

const stepAt = (at: number, random: Random): Step => {
  const index = random.below(4);
  const dice = random.next();
  if (dice < 0.6) return { at, do: "push", repository, changes: [{ application: name, how: random.pick(["bump", "add", "drop"]), index }] };
  if (dice < 0.7) return { at, do: "ask", application: name };
  if (dice < 0.85) return { at, do: random.pick(["edit", "delete"]), application: name, index };
  return { at, do: "withdraw", application: name };
};

/** Calls that take their time, as long as a request may: work lasts minutes then, and beats and hiding are caught in any phase. */
const slowness = (random: Random): readonly Fault[] => {
  const slow = (point: string, most: number): Fault => ({
    id: "slow",
    kind: "slow",
    point,
    nth: 1 + random.below(6),
    lasts: random.between(0.1, most) * second,
  });
  const calls = Array.from({ length: random.below(12) }, () => slow(random.pick(pointsOf("sync", "cluster")), 29));
  return [...calls, ...(random.chance(0.5) ? [slow("render:cage.run", 100), slow("fetch:git.snapshot", 100)] : [])];
};

const crashFor = (random: Random): Fault => ({
  id: "F-01",
  kind: "crash",
  point: random.pick([...pointsOf("fetch"), ...pointsOf("render"), ...pointsOf("sync"), ...pointsOf("sync")]),
  nth: 1 + random.below(1 + random.below(12)),
  when: random.pick(["before", "after"]),
});
