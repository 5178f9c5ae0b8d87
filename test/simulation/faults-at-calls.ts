import { type Dice, minute } from "./fault-dice.ts";
import { type Fault, type QueueName, queueNames } from "./faults.ts";
import type { Step } from "./plan.ts";
import { points, pointsOf, unreachable, writes } from "./points.ts";
import type { Random } from "./random.ts";

const working: readonly QueueName[] = ["pushes", "renders", "syncs"];

const refused = (id: string, at: readonly string[], { random, nth }: Dice, times: number): Fault => {
  const point = random.pick(at);
  return { id, kind: "refused", point, nth: nth(point), times, code: unreachable(point) };
};

/** Something that people, controllers or the schedule do just before a call. */
const meanwhile = (id: string, at: readonly string[], step: Step, { random, nth }: Dice): Fault => {
  const point = random.pick(at);
  return { id, kind: "meanwhile", point, nth: nth(point), step };
};

const crash = (id: string, at: readonly string[], random: Random, nth: Dice["nth"]): Fault => {
  const point = random.pick(at);
  return { id, kind: "crash", point, nth: nth(point), when: random.pick(["before", "after"]) };
};

/** Where a holder that lost its lease does most harm. */
const zombies = ["sync:cluster.apply", "sync:cluster.delete", "sync:table.update"] as const;

const anyPoint = ["fetch", "render", "sync"] as const;

/** One row per fault that strikes at a call, or a message. */
export const faultsAtCalls: Readonly<Record<string, (dice: Dice) => Fault>> = {
  "F-01": ({ random, nth }) => crash("F-01", points, random, nth),
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
      ? { id: "F-06", kind: "answer-lost", point, nth: nth(point), code: unreachable(point) }
      : { id: "F-06", kind: "done-twice", point, nth: nth(point) };
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
      nth: nth(point),
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
  "F-12": ({ random, nth }) => {
    const point = random.pick(pointsOf(random.pick(anyPoint)));
    return { id: "F-12", kind: "slow", point, nth: nth(point), lasts: random.between(2 * minute, 6 * minute) };
  },
  "F-13": ({ random, nth }) =>
    random.chance(0.5)
      ? crash("F-13", pointsOf("render"), random, nth)
      : { id: "F-13", kind: "refused", point: "render:cage.run", nth: nth(), times: 1 + random.below(2), code: "RenderKilled" },
  "F-14": ({ random, nth }) => {
    const point = random.pick(pointsOf("sync", "cluster"));
    return { id: "F-14", kind: "refused", point, nth: nth(point), times: 1 + random.below(2), code: "ClusterForbidden" };
  },
  "F-15": ({ random, nth }) => {
    const point = random.pick([...pointsOf("sync", "cluster"), ...pointsOf("scan", "cluster")]);
    const dice = random.next();
    if (dice < 0.4)
      return {
        id: "F-15",
        kind: "refused",
        point,
        nth: nth(point),
        times: 1 + random.below(4),
        code: "ClusterBusy",
        retryAfter: 1 + random.below(20),
      };
    if (dice < 0.6) return { id: "F-15", kind: "refused", point, nth: nth(point), times: 1, code: "ClusterUnreachable" };
    return { id: "F-15", kind: dice < 0.8 ? "answer-lost" : "done-twice", point, nth: nth(point), code: "ClusterUnreachable" };
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
  "F-35": (dice) => meanwhile("F-35", pointsOf("sync"), { at: 0, do: "scan", scan: dice.random.pick(["drift", "sweep"] as const) }, dice),
};
