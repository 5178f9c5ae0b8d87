import { rulesOf } from "../argocd/project-rules.ts";
import type { Application } from "../model/application.ts";
import { globMatches } from "../model/glob.ts";
import type { Project } from "../model/project.ts";
import type { SyncWindow } from "../model/sync-window.ts";
import { type WindowTimes, windowTimes } from "./window-times.ts";

/** The cluster that an Application's destination means. */
export interface WindowCluster {
  readonly name?: string | undefined;
  readonly server?: string | undefined;
}

/**
 * The windows of a project (undefined: one that nobody declared has none) that an Application is under. A cluster is known by its name and its
 * server, whichever of the two the Application gives.
 * @throws Failure ManifestInvalid for a stored project that cannot be read
 */
export const windowsFor = (project: Project | undefined, application: Application, cluster: WindowCluster): readonly SyncWindow[] =>
  project === undefined ? [] : rulesOf(project).syncWindows.filter((window) => isUnder(window, application, cluster));

const isUnder = (window: SyncWindow, { name, destination }: Application, cluster: WindowCluster): boolean => {
  const clusterNames = [cluster.name, cluster.server, destination.name, destination.server].flatMap((text) => text || []);
  const lists = [
    { patterns: window.applications, texts: [name] },
    { patterns: window.clusters, texts: clusterNames },
    { patterns: window.namespaces, texts: [destination.namespace] },
  ].filter(({ patterns }) => patterns.length > 0);
  const fits = ({ patterns, texts }: (typeof lists)[number]) =>
    patterns.some((pattern) => texts.some((text) => globMatches(pattern, text)));
  return lists.length > 0 && (window.andOperator ? lists.every(fits) : lists.some(fits));
};

export interface SyncMoment {
  /** ms since 1970 */
  readonly now: number;
  /** A person asked for it. */
  readonly manual: boolean;
  /** When the operation that is under way began (ms since 1970); absent for one that has not begun. */
  readonly startedAt?: number | undefined;
}

export type MaySync =
  | { readonly may: true }
  | {
      readonly may: false;
      /** One sentence that names the window. */
      readonly because: string;
      /** ms since 1970: when a sync may begin; absent when no window ever opens or closes again. */
      readonly nextChange?: number;
    };

/** An open deny window beats every allow window; where there are allow windows, one must be open. */
export const maySync = (windows: readonly SyncWindow[], moment: SyncMoment): MaySync => {
  const timed = windows.map((window) => ({ window, times: windowTimes(window) }));
  const blocking = blockingAt(timed, moment);
  if (blocking.length === 0) return { may: true };
  const pass = nextPass(timed, moment);
  return { may: false, because: sentence(blocking, moment, pass), ...(pass && { nextChange: pass.at }) };
};

interface Timed {
  readonly window: SyncWindow;
  readonly times: WindowTimes;
}

/** The windows that hold a sync up; none when it may begin, or go on. */
const blockingAt = (timed: readonly Timed[], { now, manual, startedAt }: SyncMoment): readonly SyncWindow[] => {
  const blocking = closedAt(timed, now);
  if (manual && blocking.every(({ manualSync }) => manualSync)) return [];
  if (startedAt === undefined || !blocking.every(({ syncOverrun }) => syncOverrun)) return blocking;
  return blockingAt(timed, { now: startedAt, manual }).length === 0 ? [] : blocking;
};

/** Open deny windows, else the allow windows when none of them is open. */
const closedAt = (timed: readonly Timed[], at: number): readonly SyncWindow[] => {
  const open = timed.filter(({ times }) => times.isOpen(at)).map(({ window }) => window);
  const denying = open.filter(({ kind }) => kind === "deny");
  if (denying.length > 0) return denying;
  return open.length > 0 ? [] : timed.filter(({ window }) => window.kind === "allow").map(({ window }) => window);
};

/** Windows that keep handing over to each other are followed for so many moves, and looked at again then. */
const mostMoves = 500;

/** `certain`: a sync may begin then. Else one must look again. */
interface NextPass {
  readonly at: number;
  readonly certain: boolean;
}

const nextPass = (timed: readonly Timed[], { now, manual }: SyncMoment): NextPass | undefined => {
  let at = now;
  for (let moves = 0; moves < mostMoves; moves++) {
    const next = timed.flatMap(({ times }) => times.nextMove(at) ?? []);
    if (next.length === 0) return undefined;
    at = Math.min(...next);
    if (blockingAt(timed, { now: at, manual }).length === 0) return { at, certain: true };
  }
  return { at, certain: false };
};

const sentence = (blocking: readonly SyncWindow[], { manual }: SyncMoment, pass: NextPass | undefined): string => {
  const [first] = blocking;
  if (first === undefined) return "";
  const more = blocking.length === 1 ? "" : ` and ${blocking.length - 1} more`;
  const what = first.kind === "deny" ? `${describe(first)}${more} is open` : `${describe(first)}${more} is not open`;
  const byHand = !manual && blocking.every(({ manualSync }) => manualSync) ? "; a sync that a person asks for may begin now" : "";
  return `The sync windows of project ${first.project} hold this up: ${what}; ${whenOf(pass)}${byHand}`;
};

const whenOf = (pass: NextPass | undefined): string => {
  if (pass === undefined) return "none of them will open or close again";
  const at = new Date(pass.at).toISOString().replace(".000Z", "Z");
  return pass.certain ? `a sync may begin at ${at}` : `no sync may begin before ${at}`;
};

/** `deny window "0 22 * * *" for 8h (Europe/Berlin, freeze)` */
const describe = ({ kind, schedule, duration, timeZone, description }: SyncWindow): string =>
  `${kind} window ${JSON.stringify(schedule.text)} for ${duration.text} (${timeZone}${description === "" ? "" : `, ${description}`})`;
