import type * as z from "zod/mini";
import { goDuration } from "../model/duration.ts";
import { Failure } from "../model/failure.ts";
import { type FieldPath, type FieldProblem, formatProblem } from "../model/field-problem.ts";
import { parseGlob } from "../model/glob.ts";
import type { JsonObject } from "../model/json.ts";
import type { DestinationServiceAccount, OrphanedResources, Project } from "../model/project.ts";
import { problemsOf } from "../model/schema-problem.ts";
import type { SyncWindow } from "../model/sync-window.ts";
import { parseSchedule } from "./cron-schedule.ts";
import { reportFields } from "./field-support.ts";
import { ProjectSpec, type WrittenSyncWindow } from "./project-schema.ts";
import { withoutNulls } from "./without-nulls.ts";

/** What an AppProject's `spec` says beside what is kept as written. Absent `orphanedResources`: they are not looked for. */
export interface ProjectRules {
  readonly description: string;
  readonly syncWindows: readonly SyncWindow[];
  readonly orphanedResources?: OrphanedResources;
  /** The first that matches a destination counts. */
  readonly destinationServiceAccounts: readonly DestinationServiceAccount[];
}

export type RulesParse =
  | { readonly state: "parsed"; readonly rules: ProjectRules; readonly warnings: readonly string[] }
  | { readonly state: "refused"; readonly problems: readonly FieldProblem[] };

/** Reads the rules of the AppProject `name`; every problem names its field from `spec` on. */
export const parseRules = (name: string, spec: JsonObject): RulesParse => {
  const written = withoutNulls(spec);
  const checked = ProjectSpec.safeParse(written);
  if (!checked.success) return { state: "refused", problems: problemsOf(checked.error.issues, written).map(below(["spec"])) };
  const { description = "", syncWindows = [], orphanedResources, destinationServiceAccounts = [] } = checked.data;
  const windows = syncWindows.map((window, index) => readWindow(window, name, index));
  const accounts = destinationServiceAccounts.map(({ server, namespace = "", defaultServiceAccount: account }) => ({
    server,
    namespace,
    account,
  }));
  const problems = [...windows.flatMap((window) => window.problems), ...accounts.flatMap(accountProblems)];
  if (problems.length > 0) return { state: "refused", problems };
  const read = windows.flatMap(({ window }) => window ?? []);
  return {
    state: "parsed",
    rules: {
      description,
      syncWindows: read,
      destinationServiceAccounts: accounts,
      ...(orphanedResources && { orphanedResources: orphanedOf(orphanedResources) }),
    },
    warnings: [...unknownFields(spec, checked.data), ...read.flatMap(windowWarnings)],
  };
};

/**
 * The rules of a stored project.
 * @throws Failure ManifestInvalid when they were stored before they were checked: a window that cannot be read must not let a sync through
 */
export const rulesOf = ({ name, spec }: Pick<Project, "name" | "spec">): ProjectRules => {
  const parsed = parseRules(name, spec);
  if (parsed.state === "parsed") return parsed.rules;
  const subject = `AppProject ${name}`;
  throw new Failure("ManifestInvalid", subject, `${subject} cannot be used: ${parsed.problems.map(formatProblem).join("; ")}`);
};

/** A name that matches more than it seems to must not lend its rights: Argo CD refuses these, too. */
const accountProblems = ({ server, namespace, account }: DestinationServiceAccount, index: number): readonly FieldProblem[] => {
  const at = (field: string, message: string): FieldProblem => ({ path: ["spec", "destinationServiceAccounts", index, field], message });
  const globs = Object.entries({ server, namespace }).flatMap(([field, pattern]) => {
    if (pattern.includes("!")) return [at(field, `is ${JSON.stringify(pattern)}; a destination cannot be denied here, leave the ! out`)];
    return parseGlob(pattern) ? [] : [badGlob(pattern, ["spec", "destinationServiceAccounts", index, field])];
  });
  const isName = /^(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?:)?[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/.test(account);
  const wrong = at("defaultServiceAccount", `is ${JSON.stringify(account)}; write the name of a service account, or its namespace:name`);
  return isName ? globs : [...globs, wrong];
};

const unknownFields = (
  { syncWindows, orphanedResources, destinationServiceAccounts }: JsonObject,
  kept: z.infer<typeof ProjectSpec>,
): readonly string[] =>
  reportFields(withoutNulls({ syncWindows, orphanedResources, destinationServiceAccounts }), kept, {}, ["spec"]).warnings;

const below =
  (path: FieldPath) =>
  (problem: FieldProblem): FieldProblem => ({ ...problem, path: [...path, ...problem.path] });

const readWindow = (
  written: WrittenSyncWindow,
  project: string,
  index: number,
): { readonly window?: SyncWindow; readonly problems: readonly FieldProblem[] } => {
  const at = (field: string, message: string): FieldProblem => ({ path: ["spec", "syncWindows", index, field], message });
  const { timeZone = "", applications = [], namespaces = [], clusters = [] } = written;
  const schedule = parseSchedule(written.schedule);
  const ms = goDuration(written.duration);
  const lists = { applications, namespaces, clusters };
  const globs = Object.entries(lists).flatMap(([field, patterns]) =>
    patterns.flatMap((pattern, place) => (parseGlob(pattern) ? [] : [badGlob(pattern, ["spec", "syncWindows", index, field, place])])),
  );
  const problems = [
    ...(schedule.state === "refused" ? [at("schedule", schedule.message)] : []),
    ...(ms === undefined
      ? [at("duration", `is ${JSON.stringify(written.duration)}; write hours and minutes such as "8h" or "1h30m" (there are no days)`)]
      : []),
    ...(isTimeZone(timeZone)
      ? []
      : [at("timeZone", `is ${JSON.stringify(timeZone)}, which is no time zone; write an IANA name such as "Europe/Berlin"`)]),
    ...globs,
  ];
  if (problems.length > 0 || schedule.state === "refused" || ms === undefined) return { problems };
  const window: SyncWindow = {
    project,
    index,
    kind: written.kind,
    schedule: schedule.schedule,
    duration: { text: written.duration, ms },
    timeZone: timeZone === "" ? "UTC" : timeZone,
    ...lists,
    andOperator: written.andOperator ?? false,
    manualSync: written.manualSync ?? false,
    syncOverrun: written.syncOverrun ?? false,
    description: written.description ?? "",
  };
  return { window, problems };
};

const badGlob = (pattern: string, path: FieldPath): FieldProblem => ({
  path,
  message: `is ${JSON.stringify(pattern)}, whose brackets are not closed; write a name, with * for any part of it`,
});

/** Offsets such as +02:00 are none of Go's names, and say nothing about summer time. */
const isTimeZone = (name: string): boolean => {
  if (name === "") return true;
  if (/^[+-]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

const windowWarnings = ({ index, duration, applications, namespaces, clusters }: SyncWindow): readonly string[] => [
  ...(duration.ms <= 0 ? [`spec.syncWindows[${index}].duration is ${duration.text}: this window is never open`] : []),
  ...(applications.length + namespaces.length + clusters.length === 0
    ? [`spec.syncWindows[${index}] has no effect: give applications, namespaces or clusters, with "*" for all`]
    : []),
];

const orphanedOf = ({ warn = false, ignore = [] }: NonNullable<z.infer<typeof ProjectSpec>["orphanedResources"]>) => ({
  warn,
  ignore: ignore.map(({ group = "", kind = "", name = "" }) => ({ group, kind, name })),
});
