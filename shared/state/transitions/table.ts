import type { State } from "./states.ts";

/**
 * Who moves Applications: the registry (declarations), fetch (what Git wants), a scan (drift), a sweep (hints that were lost), people, the holder of
 * the lease (a step), and a look at health after a sync, which needs no lease.
 */
export type Actor = "registry" | "fetch" | "scan" | "sweep" | "person" | "holder" | "health";

interface Row {
  readonly by: readonly Actor[];
  /** From a state to those that the move may lead to. */
  readonly ways: Partial<Readonly<Record<State, readonly State[]>>>;
}

/** Nobody is at work and nothing is under way. */
const resting = ["idle", "retrying", "held up", "failed", "settling", "succeeded"] as const;
/** Everyone that is there, as it is, whoever is at it. */
const standing = ["wished", "held", "waiting", "terminating", "removing", "forgetting"] as const;

const each = <F extends State>(from: readonly F[], to: readonly State[]) =>
  Object.fromEntries(from.map((state) => [state, to])) satisfies Row["ways"];
const same = (from: readonly State[]): Row["ways"] => Object.fromEntries(from.map((state) => [state, [state]]));
const afterStep = ["wished", "waiting", "terminating", "removing", ...resting] as const;

/** Which move leads from where to where, and who may make it. Whatever is not here is impossible. */
export const moves = {
  /** What Git wants, a person, drift or a changed cluster: whatever should be looked at, except what has rows of its own. */
  wish: { by: ["fetch", "person", "scan", "registry", "holder"], ways: { ...same(standing), ...each(resting, ["wished"]) } },
  /** A person wants what is under way to end. One that comes when there is nothing to end is a wish like any other. */
  terminate: {
    by: ["person"],
    ways: {
      ...same(["held", "terminating", "removing", "forgetting"]),
      ...each(["waiting", "retrying", "failed"], ["terminating"]),
      ...each(["idle", "settling", "succeeded"], ["wished"]),
      ...each(["wished", "held up"], ["wished", "terminating"]),
    },
  },
  /** A declaration is new or changed. */
  declare: {
    by: ["registry"],
    ways: {
      ...same(["wished", "held", "waiting", "terminating"]),
      ...each(["gone", ...resting], ["wished"]),
      removing: ["wished", "waiting", "terminating"],
    },
  },
  /** Before anything of a changed declaration stands: until all of it does, what is declared is not known. */
  change: { by: ["registry"], ways: same(["wished", "held", "waiting", "terminating", ...resting]) },
  /** A declaration is gone. One that was interrupted before anything came of it has nothing but its declaration to lose. */
  withdraw: {
    by: ["registry"],
    ways: {
      gone: ["forgetting"],
      ...each(["wished", "waiting", "terminating", "removing", ...resting], ["removing"]),
      ...same(["held", "forgetting"]),
    },
  },
  /** It is declared again before anybody began to forget it. */
  "take back": { by: ["registry"], ways: { removing: afterStep, ...same(["held"]) } },
  /** It is declared again while it is being forgotten, and looked at when that is over. */
  await: { by: ["registry"], ways: same(["forgetting"]) },
  /** The lease is taken, or taken over. */
  acquire: {
    by: ["holder"],
    ways: { ...each(["wished", "held", "waiting", "terminating", "retrying", "held up", "removing"], ["held"]), ...same(["forgetting"]) },
  },
  /** The holder is alive. */
  beat: { by: ["holder"], ways: same(["held", "forgetting"]) },
  /** A step has ended; the lease is given back. */
  release: { by: ["holder"], ways: { held: afterStep } },
  /** Nothing is left to do before it is forgotten. */
  forget: { by: ["holder"], ways: { held: ["forgetting"], ...same(["forgetting"]) } },
  /** All else under its name is gone. */
  bury: { by: ["holder"], ways: { forgetting: ["gone"] } },
  /** The table was restored from a backup: whatever it says is over, and Git is read again. */
  renew: {
    by: ["sweep"],
    ways: { ...each(["wished", "waiting", "terminating", "removing", ...resting], ["wished"]), ...same(["held"]) },
  },
  /** After that, its cluster was searched for all that is its own: it may prune. */
  prove: { by: ["scan"], ways: { ...same(["wished", "waiting", "terminating", "removing"]), ...each(resting, ["wished"]) } },
  /** What should have moved by now gets another hint, and a time for the one after it. */
  resend: { by: ["sweep"], ways: same([...standing, ...resting]) },
  /** Drift is told, or that it is gone; health that moved by itself is noted. */
  note: { by: ["scan"], ways: { ...same(["idle", "held up", "failed", "settling", "succeeded"]) } },
  /** Health after a sync. */
  look: { by: ["health"], ways: { settling: ["settling", "succeeded"], succeeded: ["settling", "succeeded"], "held up": ["held up"] } },
} as const satisfies Record<string, Row>;

export type Move = keyof typeof moves;

const rows: Readonly<Record<Move, Row>> = moves;

export const mayMake = (move: Move, actor: Actor): boolean => rows[move].by.includes(actor);

/** Where a move may lead from there; empty where it is impossible. */
export const waysOf = (move: Move, from: State): readonly State[] => rows[move].ways[from] ?? [];
