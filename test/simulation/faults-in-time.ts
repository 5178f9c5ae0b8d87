import { type Dice, minute } from "./fault-dice.ts";
import { type Fault, queueNames } from "./faults.ts";
import { cleanUpAt } from "./fits-of-clean-up.ts";
import { changedItems } from "./ports/releases.ts";

/** One row per fault that lasts for a while, or is part of the world. */
export const faultsInTime: Readonly<Record<string, (dice: Dice) => Fault>> = {
  "F-17": ({ random }) => ({ id: "F-17", kind: "late-kinds", from: 0, lasts: 5 * minute, by: random.between(500, 20_000) }),
  "F-18": ({ random, time }) => ({ id: "F-18", kind: "finalizers", from: time(), lasts: random.between(20_000, 4 * minute) }),
  "F-19": ({ random, time }) => ({ id: "F-19", kind: "flapping", from: time(), lasts: random.between(minute, 4 * minute) }),
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
  // Few enough slots that most of the busy ones wait, and enough for them and for one who has none.
  "F-26": ({ random }) => ({
    id: "F-26",
    kind: "busy-team",
    budget: { requests: 2 + random.below(3), perSecond: random.pick([5, 10, 20]) },
    applications: 7 + random.below(4),
    at: Math.round(random.between(1, 3.5) * minute),
    pushes: 1 + random.below(2),
  }),
  "F-27": ({ random }) => ({ id: "F-27", kind: "redriven", messages: 1 + random.below(20) }),
  "F-28": ({ random, time }) =>
    random.chance(0.5)
      ? { id: "F-28", kind: "newer-message", queue: random.pick(queueNames), from: time() }
      : {
          id: "F-28",
          kind: "releases",
          from: time(),
          lasts: random.between(20_000, 6 * minute),
          items: random.pick(changedItems),
          back: random.chance(0.5),
        },
  "F-29": ({ random }) => ({ id: "F-29", kind: "restored", at: Math.round(random.between(5.2, 9) * minute), back: 5 * minute, again: 0 }),
  "F-30": ({ random }) => ({
    id: "F-30",
    kind: "restored",
    at: Math.round(random.between(2.5, 9) * minute),
    back: "all",
    again: random.between(10, 2 * minute),
  }),
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
  "F-34": ({ random }) => ({ id: "F-34", kind: "clean-up", at: cleanUpAt(random) }),
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
    // What was due a minute after its wish is still seen long after it was served.
    by: random.chance(0.3) ? random.between(100, minute) : random.between(minute, 4 * minute),
  }),
};
