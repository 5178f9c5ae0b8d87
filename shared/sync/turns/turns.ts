/**
 * Turns: when a step may go to its cluster. It finds a slot there, or comes back by a delayed message; one cluster's outage is tried by one step
 * at a time. What a worker holds is shared by all its steps of one project at one cluster, so that a batch costs one take and one return.
 */
import { Failure } from "../../model/failure.ts";
import { servingTime, waitFor } from "../../policy/request-budget.ts";
import type { Clusters } from "../../ports/cluster.ts";
import type { Journal } from "../../ports/journal.ts";
import type { Queue } from "../../ports/queue.ts";
import { clusterIsAway, clusterIsBack } from "../../state/cluster-outages.ts";
import type { SyncMessage, Waits } from "../../state/messages.ts";
import { claimProbe, lapseAfter, lapseGrant, noteWaiting, readTraffic, sightOf, type Traffic } from "../../state/slots.ts";
import { type Contact, pacedClusters } from "./paced-clusters.ts";
import { type Share, type ShareWorld, takeShare } from "./share.ts";

export interface TurnsWorld extends ShareWorld {
  readonly syncs: Queue<SyncMessage>;
  readonly journal: Journal;
  readonly newName: () => string;
  /** From 0 to 1: spreads those who wait. */
  readonly chance: () => number;
}

export interface TurnRequest {
  readonly cluster: string;
  readonly project: string;
  /** What its message has waited for so far. */
  readonly waits: Waits | undefined;
}

export type Turn =
  /**
   * `reach`: the same clusters, where each call waits for its slot; what must hold when it goes out is checked within. `leave` when the step is over,
   * however it ended; it throws nothing that is expected.
   */
  | { readonly state: "ours"; reach(clusters: Clusters): Clusters; leave(): Promise<void> }
  /** Come again. Without `waits` it has waited so long that the sweeper sends the next message. `away`: why nobody goes there. */
  | { readonly state: "wait"; readonly seconds: number; readonly waits?: Waits; readonly away?: string };

export interface Turns {
  enter(request: TurnRequest): Promise<Turn>;
}

/** Steps in a row that could not reach a cluster, from which on the others keep away. */
const enough = 3;

/** Seconds between two probes: longer than a step needs to find out that nobody answers. */
const probeEvery = { least: 30, spread: 30 } as const;

/** Each sweep makes a new message: an older one ends, but not before it has seen for how long a dead worker's slots stay. Seconds. */
const longestChain = lapseAfter + 60;

interface Held {
  readonly cluster: string;
  readonly share: Promise<{ readonly share?: Share; readonly traffic: Traffic }>;
  users: number;
  /** Of these, how many waited for it, and how many are new. */
  counted: number;
  uncounted: number;
  reached: boolean;
  away: number;
  reason: Failure | undefined;
}

export const openTurns = (world: TurnsWorld): Turns => {
  const holding = new Map<string, Held>();

  const begin = (key: string, { cluster, project, waits }: TurnRequest, seen: Traffic): Held => {
    const request = { cluster, project, name: world.newName(), waited: waits !== undefined };
    const share = takeSoon({ ...request, seen }, world);
    const held: Held = { cluster, share, users: 0, counted: 0, uncounted: 0, reached: false, away: 0, reason: undefined };
    // A probe goes alone.
    if (!seen.outage) holding.set(key, held);
    return held;
  };
  /** Whoever comes from now on looks for slots anew. */
  const close = (key: string, held: Held): void => {
    if (holding.get(key) === held) holding.delete(key);
  };

  const leave = async (key: string, held: Held, share: Share, contact: Contact): Promise<void> => {
    learn(held, contact);
    held.users -= 1;
    if (held.users === 0 || held.away >= enough) close(key, held);
    try {
      if (held.away === enough && held.reason) await clusterIsAway(held.cluster, held.reason.message, world);
      if (held.users === 0) await settle(held, await share.end(held, held.counted), (await held.share).traffic, world);
    } catch (error) {
      // The slots lapse by themselves.
      if (!(error instanceof Failure)) throw error;
      world.journal.tell("slots-kept", { cluster: held.cluster, reason: error.message });
    }
  };

  return {
    enter: async (request) => {
      const key = JSON.stringify([request.cluster, request.project]);
      let held = holding.get(key);
      if (!held) {
        const seen = await readTraffic(world.table, request.cluster);
        const traffic = seen.outage ? await withoutDead(seen, request, world) : seen;
        const away = await keepAway(traffic, request, world);
        if (away) return away;
        held = (traffic.outage ? undefined : holding.get(key)) ?? begin(key, request, traffic);
      }
      const mine = held;
      mine.users += 1;
      if (isCounted(request.waits)) mine.counted += 1;
      else mine.uncounted += 1;
      const { share, traffic } = await mine.share.catch((error: unknown) => {
        close(key, mine);
        throw error;
      });
      if (!share) {
        close(key, mine);
        return fullFor(traffic, request, mine, world);
      }
      const contact: Contact = { answered: false, away: undefined };
      return { state: "ours", reach: (clusters) => pacedClusters(clusters, share, contact), leave: () => leave(key, mine, share, contact) };
    },
  };
};

/** Delays of messages are whole seconds, and steps take less: a second look within one finds the slots of those who have just ended. Milliseconds. */
const secondLook = 600;

const takeSoon = async (request: Parameters<typeof takeShare>[0], world: TurnsWorld): Promise<Awaited<Held["share"]>> => {
  const first = await takeShare(request, world);
  if (first.share || first.traffic.outage) return first;
  await world.pause(world.chance() * secondLook);
  return takeShare({ ...request, seen: await readTraffic(world.table, request.cluster) }, world);
};

/** An answer of any kind says that it is there, and that what came before counts no more. */
const learn = (held: Held, { answered, away }: Contact): void => {
  if (answered) Object.assign(held, { reached: true, away: 0 });
  else if (away) Object.assign(held, { away: held.away + 1, reason: away });
};

const settle = async ({ cluster, reached, away, reason }: Held, after: Traffic, before: Traffic, world: TurnsWorld): Promise<void> => {
  const isBack = before.outage !== undefined && reached && away === 0;
  if (isBack) await clusterIsBack(cluster, (count) => servingTime(count, world.budget), world);
  else if (reason && after.failures >= enough && !after.outage) await clusterIsAway(cluster, reason.message, world);
};

/** Whoever waited for a cluster that was away was counted when it came back. */
const isCounted = (waits: Waits | undefined): boolean => waits?.counted === true || waits?.probe !== undefined;

/** Whom a message sees hold slots, and since which of its seconds without a beat. */
const sightsOf = ({ grants }: Traffic, { seconds = 0, saw = {} }: Partial<Waits> = {}) =>
  grants.map((grant) => {
    const since = saw[sightOf(grant)] ?? seconds;
    return { grant, since, isDead: seconds - since >= lapseAfter };
  });

/** What the next look needs to know of it, where it counts its seconds anew after `from`. */
const sawOf = (sights: ReturnType<typeof sightsOf>, from = 0): Waits["saw"] =>
  Object.fromEntries(sights.map(({ grant, since }) => [sightOf(grant), since - from]));

const lapseDead = async (sights: ReturnType<typeof sightsOf>, cluster: string, { table }: TurnsWorld): Promise<void> => {
  for (const { grant, isDead } of sights) if (isDead) await lapseGrant(table, cluster, grant);
};

/** Where all slots are held by workers that died in an outage, no probe would find one. */
const withoutDead = async (traffic: Traffic, { cluster, waits }: TurnRequest, world: TurnsWorld): Promise<Traffic> => {
  const sights = sightsOf(traffic, waits);
  if (!sights.some(({ isDead }) => isDead)) return traffic;
  await lapseDead(sights, cluster, world);
  return readTraffic(world.table, cluster);
};

/** While it is away, one of those who saw the same probe is let through; undefined for that one, and while the cluster is there. */
const keepAway = async (traffic: Traffic, { cluster, waits }: TurnRequest, world: TurnsWorld): Promise<Turn | undefined> => {
  const { outage, probes } = traffic;
  if (!outage) return undefined;
  if (waits?.probe === probes && (await claimProbe(world.table, cluster, probes))) {
    world.journal.tell("cluster-probed", { cluster, probes: probes + 1 });
    return undefined;
  }
  const seconds = probeEvery.least + Math.floor(world.chance() * probeEvery.spread);
  const after = { seconds: (waits?.seconds ?? 0) + seconds, saw: sawOf(sightsOf(traffic, waits)), probe: probes };
  return { ...again(seconds, after), away: outage.reason };
};

/** Nothing is free: come again, and remember whom it saw. Who was seen for a whole lease time without a beat is dead. */
const fullFor = async (traffic: Traffic, { cluster, waits }: TurnRequest, held: Held, world: TurnsWorld): Promise<Turn> => {
  // What it waited for the cluster itself is over, and no reason to look for a slot more rarely.
  const away = waits?.probe === undefined ? 0 : waits.seconds;
  const waited = (waits?.seconds ?? 0) - away;
  const sights = sightsOf(traffic, waits);
  await lapseDead(sights, cluster, world);
  const seconds = waitFor(Math.max(0, traffic.waiting) + held.uncounted, waited, world.budget, world.chance());
  const turn = again(seconds, { seconds: waited + seconds, saw: sawOf(sights, away), counted: true });
  // The first of those who came together counts them all.
  const more = held.uncounted - (turn.waits ? 0 : 1);
  held.uncounted = 0;
  if (more !== 0) await noteWaiting(world.table, cluster, more, traffic.waiting);
  return turn;
};

const again = (seconds: number, waits: Waits): Extract<Turn, { state: "wait" }> =>
  waits.seconds > longestChain ? { state: "wait", seconds } : { state: "wait", seconds, waits };
