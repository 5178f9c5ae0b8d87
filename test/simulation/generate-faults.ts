import type { Fault, QueueName } from "./faults.ts";
import type { ApplicationPlan, Step } from "./plan.ts";
import { points, pointsOf, unreachable, writes } from "./points.ts";
import type { Random } from "./random.ts";

export interface FaultChoice {
  readonly applications: readonly ApplicationPlan[];
  readonly clusters: readonly string[];
  /** Milliseconds in which people are at work. */
  readonly busy: number;
  readonly only: string | undefined;
}

interface Dice extends FaultChoice {
  readonly random: Random;
  /** Which of many equal calls is struck: early ones more often, for most functions do little. */
  readonly nth: () => number;
  /** Some time while people are at work. */
  readonly time: () => number;
}

const queueNames: readonly QueueName[] = ["pushes", "renders", "syncs", "notices"];
const working: readonly QueueName[] = ["pushes", "renders", "syncs"];
const minute = 60_000;

const refused = (id: string, at: readonly string[], { random, nth }: Dice, times: number): Fault => {
  const point = random.pick(at);
  return { id, kind: "refused", point, nth: nth(), times, code: unreachable(point) };
};

/** Something that people, controllers or the schedule do just before a call. */
const meanwhile = (id: string, at: readonly string[], step: Step, { random, nth }: Dice): Fault => ({
  id,
  kind: "meanwhile",
  point: random.pick(at),
  nth: nth(),
  step,
});

/** Where a holder that lost its lease does most harm. */
const zombies = ["sync:cluster.apply", "sync:cluster.delete", "sync:table.update"] as const;

const anyPoint = ["fetch", "render", "sync"] as const;

/** One row per fault: how it is made for one schedule. */
const makers: Readonly<Record<string, (dice: Dice) => Fault>> = {
  "F-01": ({ random, nth }) => ({
    id: "F-01",
    kind: "crash",
    point: random.pick(points),
    nth: nth(),
    when: random.pick(["before", "after"]),
  }),
  "F-02": ({ random, nth }) => ({
    id: "F-02",
    kind: "message-copied",
    queue: random.pick(queueNames),
    nth: nth(),
    copies: 5,
    within: 2 * minute,
  }),
  "F-03": ({ random, nth }) => ({
    id: "F-03",
    kind: "message-late",
    queue: random.pick(queueNames),
    nth: nth(),
    by: random.between(500, 3 * minute),
  }),
  "F-04": ({ random, nth }) => ({ id: "F-04", kind: "message-lost", queue: random.pick(working), nth: nth() }),
  "F-05": (dice) =>
    refused(
      "F-05",
      points.filter((point) => point.includes(":queue.")),
      dice,
      1 + dice.random.below(3),
    ),
  "F-06": ({ random, nth }) => {
    const point = random.pick(writes);
    return random.chance(0.5)
      ? { id: "F-06", kind: "answer-lost", point, nth: nth(), code: unreachable(point) }
      : { id: "F-06", kind: "done-twice", point, nth: nth() };
  },
  "F-07": ({ random, nth }) =>
    random.chance(0.5)
      ? { id: "F-07", kind: "message-copied", queue: "notices", nth: nth(), copies: 2 + random.below(3), within: random.pick([50, minute]) }
      : { id: "F-07", kind: "message-late", queue: "notices", nth: nth(), by: random.between(minute, 5 * minute) },
  "F-08": ({ random, nth }) => ({
    id: "F-08",
    kind: "message-copied",
    queue: random.pick(queueNames),
    nth: nth(),
    copies: 2,
    within: random.pick([1, 30, 300]),
  }),
  "F-09": ({ random, nth, applications }) => {
    const { name, repository } = random.pick(applications);
    const change = { application: name, how: random.pick(["bump", "add", "drop"] as const), index: random.below(4) };
    const step: Step = random.chance(0.5)
      ? { at: 0, do: "push", repository, changes: [change] }
      : { at: 0, do: "force-back", repository, by: 1 };
    const point = random.pick(random.chance(0.5) ? zombies : pointsOf("sync"));
    return {
      id: "F-09",
      kind: "freeze",
      point,
      nth: nth(),
      lasts: random.between(95_000, 5 * minute),
      ...(random.chance(0.6) && { step }),
    };
  },
  "F-10": () => ({ id: "F-10", kind: "clocks", apart: 5 * minute }),
  "F-11": (dice) =>
    dice.random.chance(0.6)
      ? refused(
          "F-11",
          points.filter((point) => /:(table|queue|secrets|artifacts)\./.test(point)),
          dice,
          1 + dice.random.below(4),
        )
      : {
          id: "F-11",
          kind: "outage",
          port: dice.random.pick(["table", "queue", "secrets", "artifacts"]),
          from: dice.time(),
          lasts: dice.random.between(200, minute),
          code: "TableUnavailable",
        },
  "F-12": ({ random, nth }) => ({
    id: "F-12",
    kind: "slow",
    point: random.pick(pointsOf(random.pick(anyPoint))),
    nth: nth(),
    lasts: random.between(2 * minute, 6 * minute),
  }),
  "F-13": ({ random, nth }) =>
    random.chance(0.5)
      ? { id: "F-13", kind: "crash", point: random.pick(pointsOf("render")), nth: nth(), when: random.pick(["before", "after"]) }
      : { id: "F-13", kind: "refused", point: "render:cage.run", nth: nth(), times: 1 + random.below(2), code: "RenderKilled" },
  "F-14": ({ random, nth }) => ({
    id: "F-14",
    kind: "refused",
    point: random.pick(pointsOf("sync", "cluster")),
    nth: nth(),
    times: 1 + random.below(2),
    code: "ClusterForbidden",
  }),
  "F-15": ({ random, nth }) => {
    const point = random.pick([...pointsOf("sync", "cluster"), ...pointsOf("scan", "cluster")]);
    const dice = random.next();
    if (dice < 0.4)
      return {
        id: "F-15",
        kind: "refused",
        point,
        nth: nth(),
        times: 1 + random.below(4),
        code: "ClusterBusy",
        retryAfter: 1 + random.below(20),
      };
    if (dice < 0.6) return { id: "F-15", kind: "refused", point, nth: nth(), times: 1, code: "ClusterUnreachable" };
    return { id: "F-15", kind: dice < 0.8 ? "answer-lost" : "done-twice", point, nth: nth(), code: "ClusterUnreachable" };
  },
  "F-16": (dice) =>
    meanwhile(
      "F-16",
      pointsOf("sync", "cluster"),
      {
        at: 0,
        do: dice.random.chance(0.7) ? "touch" : "edit",
        application: dice.random.pick(dice.applications).name,
        index: dice.random.below(3),
      },
      dice,
    ),
  "F-19": ({ random, time }) => ({ id: "F-19", kind: "flapping", from: time(), lasts: random.between(minute, 4 * minute) }),
  "F-20": (dice) => {
    const { name, repository } = dice.random.pick(dice.applications);
    const changes = [{ application: name, how: dice.random.pick(["bump", "add", "drop"] as const), index: dice.random.below(4) }];
    return meanwhile("F-20", pointsOf(dice.random.pick(anyPoint)), { at: 0, do: "push", repository, changes }, dice);
  },
  "F-21": (dice) =>
    meanwhile(
      "F-21",
      pointsOf(dice.random.pick(anyPoint)),
      { at: 0, do: "force-back", repository: dice.random.pick(dice.applications).repository, by: 1 },
      dice,
    ),
  "F-22": ({ random, time }) => ({
    id: "F-22",
    kind: "lagging-refs",
    from: time(),
    lasts: random.between(5_000, 2 * minute),
    by: random.between(500, 50_000),
  }),
  "F-23": ({ random, time }) => ({
    id: "F-23",
    kind: "outage",
    port: "git",
    from: time(),
    lasts: random.between(500, 3 * minute),
    code: random.chance(0.6) ? "RepositoryUnreachable" : "RepositoryForbidden",
  }),
  "F-24": ({ random, time }) => ({
    id: "F-24",
    kind: "webhooks-off",
    from: random.chance(0.3) ? 0 : time(),
    lasts: random.between(5_000, 5 * minute),
  }),
  "F-27": ({ random }) => ({ id: "F-27", kind: "redriven", messages: 1 + random.below(20) }),
  "F-28": ({ random, time }) => ({ id: "F-28", kind: "newer-message", queue: random.pick(queueNames), from: time() }),
  "F-31": ({ random, time, clusters }) => ({
    id: "F-31",
    kind: "outage",
    port: "cluster",
    subject: random.pick(clusters),
    from: time(),
    lasts: random.between(500, 4 * minute),
    code: "ClusterUnreachable",
  }),
  "F-32": ({ random, time }) => ({
    id: "F-32",
    kind: "outage",
    port: "slack",
    from: time(),
    lasts: random.pick([2 * minute, 60 * minute]),
    code: "SlackUnreachable",
  }),
  "F-33": ({ random, time }) => ({
    id: "F-33",
    kind: "schedule",
    scan: random.pick(["sweep", "poll", "drift"] as const),
    what: random.pick(["never", "twice"] as const),
    from: time(),
    lasts: random.between(minute, 5 * minute),
  }),
  "F-35": (dice) => meanwhile("F-35", pointsOf("sync"), { at: 0, do: "scan", scan: dice.random.pick(["drift", "sweep"] as const) }, dice),
  "F-36": ({ random, time }) => ({
    id: "F-36",
    kind: "outage",
    port: "cluster",
    from: time(),
    lasts: random.between(minute, 10 * minute),
    code: random.pick(["ClusterUnreachable", "ClusterBusy"]),
  }),
  "stale-index": ({ random, time }) => ({
    id: "stale-index",
    kind: "stale-index",
    from: time(),
    lasts: random.between(minute, 5 * minute),
    by: random.between(100, 90_000),
  }),
};

/** Ids of all faults that a schedule can have, beside those that are part of every workload. */
export const faultIds: readonly string[] = Object.keys(makers);

/** Crashes are a fifth of all: there are so many places for them. */
const chosen = (random: Random): string => (random.chance(0.2) ? "F-01" : random.pick(faultIds));

/** One fault, drawn. Throws where `only` names none. */
export const faultFor = (random: Random, choice: FaultChoice): Fault => {
  const id = choice.only ?? chosen(random);
  const make = makers[id];
  if (make === undefined) throw new Error(`no schedule can have ${id}; there are ${faultIds.join(", ")}`);
  return make({
    ...choice,
    random,
    // Half of them among the first three: many points are reached only a few times.
    nth: () => (random.chance(0.5) ? 1 + random.below(3) : 1 + random.below(1 + random.below(16))),
    time: () => Math.round(random.between(0, choice.busy)),
  });
};
