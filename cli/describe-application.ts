import { driftWishes } from "../shared/argocd/drift-annotations.ts";
import type { ApplicationEvent } from "../shared/model/event.ts";
import { describeKey, parseKey } from "../shared/model/resource-key.ts";
import type { SyncWindow } from "../shared/model/sync-window.ts";
import { maySync } from "../shared/policy/sync-windows.ts";
import { windowTimes } from "../shared/policy/window-times.ts";
import type { ApplicationState } from "../shared/state/application-state.ts";
import type { Operation } from "../shared/state/operations.ts";
import { rollbackInForce } from "../shared/sync/rollback.ts";
import type { Found } from "./applications.ts";
import { laterOf } from "./asking.ts";
import { ago, columns, oneLine, shortRevision } from "./layout.ts";
import { describeObjects } from "./objects.ts";

/** All that `fairlead status APPLICATION` knows. */
export interface Described extends Found {
  readonly last: ApplicationEvent | undefined;
  /** Repositories and clusters that are away, a sentence each. */
  readonly troubles: readonly string[];
  /** The one that is under way. */
  readonly operation: Operation | undefined;
  /** Those that the Application is under. */
  readonly windows: readonly SyncWindow[];
}

type Row = readonly [name: string, value: string];

/** `now`: ms since 1970. */
export const describeApplication = (described: Described, now: number): string => {
  const { application, state, last, troubles } = described;
  const { destination, sources, syncPolicy, project, parent } = application;
  const automated = syncPolicy.automated;
  const rows: readonly Row[] = [
    ["Application", application.name],
    ["Project", project],
    ["Declared by", parent ?? "the installation file"],
    ["Destination", `${state.cluster}, namespace ${destination.namespace || "of each object"}`],
    ...sources.map(({ repoURL, chart, path, targetRevision }, index): Row => {
      const sha = state.revisions[index]?.sha;
      return ["Source", `${repoURL} ${chart ?? path} at ${targetRevision}${sha === undefined ? "" : ` (${shortRevision(sha)})`}`];
    }),
    ...troubles.map((trouble): Row => ["Trouble", trouble]),
    ["Auto-sync", automated ? `on${automated.prune ? ", prune" : ""}${automated.selfHeal ? ", self-heal" : ""}` : "off"],
    ["Sync", syncOf(state)],
    ["Health", state.health],
    ["Last synced", state.syncedAt === undefined ? "never" : ago(state.syncedAt, now)],
    ...(state.commit
      ? [["Commit", oneLine(`${shortRevision(state.commit.sha)} ${state.commit.message.trim()} (${state.commit.author})`)] as const]
      : []),
    ...operationRows(described, now),
    ...rollbackRows(state),
    ...windowRows(described, now),
    ...driftRows(described, now),
    ...(reasonOf(state) === "" ? [] : [["Reason", oneLine(reasonOf(state), 400)] as const]),
    ...(state.awaiting === undefined ? [] : [["Waits", `for a yes: fairlead approve ${application.name}`] as const]),
    ...state.warnings.map((warning): Row => ["Warning", oneLine(warning, 400)]),
  ];
  const text = columns(rows.map(([name, value]) => [`${name}:`, value]));
  if (last === undefined || last.objects.length === 0) return text;
  const more = last.results === undefined ? [] : [`  … all of them: fairlead history ${application.name} ${Number(last.id)}`];
  return [text, `Last operation (${last.kind}):`, ...describeObjects(last.objects), ...more].join("\n");
};

const operationRows = ({ state, operation }: Described, now: number): readonly Row[] => {
  const { phase, attempt } = state;
  if (phase === "Terminating") return [["Operation", "Terminating"]];
  if (phase === "Failed" || phase === "Error") {
    const times = attempt > 1 ? `, ${attempt} times in a row` : "";
    return [["Operation", `${phase}${times}${laterOf(state, now)}`]];
  }
  if (phase !== "Running") return state.againAt === undefined ? [] : [["Operation", `none${laterOf(state, now)}`]];
  if (!operation) return [["Operation", "Running"]];
  const { at, startedAt, request, healing, failure, hooks } = operation;
  const place = at ? ` in ${at.phase}, wave ${at.wave}` : "";
  const who = request ? `, asked for by ${oneLine(request.by, 40)}` : healing ? ", self-heal" : "";
  const end = failure ? "; it has failed, and its SyncFail hooks run" : "";
  return [
    ["Operation", `Running${place}, begun ${ago(startedAt, now)}${who}${end}`],
    ...(failure ? [["Failure", oneLine(failure.reason, 400)] as const] : []),
    ...hooks.map((hook): Row => {
      const key = parseKey(hook.key);
      const why = hook.message === undefined ? "" : `: ${oneLine(hook.message, 200)}`;
      return ["Hook", `${hook.phase} ${key ? describeKey(key) : hook.key} ${hook.state}${why}`];
    }),
  ];
};

const rollbackRows = (state: ApplicationState): readonly Row[] => {
  const rollback = rollbackInForce(state);
  if (!rollback) return [];
  const held = state.revisions.map(({ sha }) => shortRevision(sha)).join(", ");
  const to = rollback.toRevision ? `to revision ${oneLine(rollback.to, 60)}` : `to entry ${rollback.to}`;
  return [["Rollback", `${to} by ${oneLine(rollback.by, 40)}; ${held} is held off until a newer commit`]];
};

/** Nothing where the project has no windows for it. */
const windowRows = ({ windows }: Described, now: number): readonly Row[] => {
  if (windows.length === 0) return [];
  const answer = maySync(windows, { now, manual: false });
  if (!answer.may) return [["Sync windows", oneLine(answer.because, 400)]];
  const moves = windows.flatMap((window) => windowTimes(window).nextMove(now) ?? []);
  const next =
    moves.length === 0 ? "" : `; the next one opens or closes at ${new Date(Math.min(...moves)).toISOString().replace(".000Z", "Z")}`;
  return [["Sync windows", `a sync may begin now${next}`]];
};

const whatHappens = {
  report: "it is only reported",
  "report-then-heal": "it is put back once it was reported",
  heal: "it is put back",
} as const;

const driftRows = ({ application, state }: Described, now: number): readonly Row[] =>
  state.drifted || state.driftedAt !== undefined
    ? [
        [
          "Drift",
          `${state.driftedAt === undefined ? "seen" : `seen ${ago(state.driftedAt, now)}`}; ${whatHappens[driftWishes(application).mode]}`,
        ],
      ]
    : [];

export const syncOf = (state: ApplicationState | undefined): string => {
  if (!state) return "Unknown";
  if (state.removal !== undefined) return "Deleting";
  return state.phase === "Running" || state.desiredGeneration > state.observedGeneration
    ? `${state.syncStatus} (syncing)`
    : state.syncStatus;
};

export const reasonOf = (state: ApplicationState | undefined): string => state?.awaiting ?? state?.sourceError ?? state?.reason ?? "";
