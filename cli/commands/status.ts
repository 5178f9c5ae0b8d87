import type { Json } from "../../shared/model/json.ts";
import { windowsFor } from "../../shared/policy/sync-windows.ts";
import { type ApplicationState, readStates } from "../../shared/state/application-state.ts";
import { readHistory } from "../../shared/state/events.ts";
import { readOperation } from "../../shared/state/operations.ts";
import { readProject } from "../../shared/state/projects.ts";
import { circuitOf } from "../../shared/state/slots.ts";
import { allApplications, findApplication } from "../applications.ts";
import type { Answer, Command, CommandWorld, Stack } from "../command.ts";
import { describeApplication, reasonOf, syncOf } from "../describe-application.ts";
import { ago, columns, oneLine, shortRevision } from "../layout.ts";
import {
  describeBusyCluster,
  describeClusterOutage,
  describeOutage,
  outageFacts,
  readBusyClusters,
  readClusterOutages,
  readOutages,
  type SourceOutage,
} from "../outages.ts";

export const status: Command = {
  name: "status",
  parameters: "[APPLICATION]",
  summary: "List Applications, or show one",
  options: {
    project: { type: "string", short: "p", about: "only those of this project" },
    cluster: { type: "string", short: "c", about: "only those on this cluster" },
  },
  run: async ({ parameters: [name], text }, world) => {
    const stack = await world.stack();
    if (name === undefined) return listAll(stack, world, { project: text("project"), cluster: text("cluster") });
    const found = await findApplication(stack.table, name);
    const outages = (await readOutages(stack.table)).filter(({ applications }) => applications.includes(name));
    const clusters = await readClusterOutages(stack.table, [found.state.cluster]);
    const troubles = [
      ...outages.map((outage) => describeOutage(outage, world.now())),
      ...clusters.map((outage) => describeClusterOutage(outage, world.now())),
    ];
    const [[last], operation, project] = await Promise.all([
      readHistory(stack.table, name, 1).then(({ items }) => items),
      found.state.phase === "Running" ? readOperation(stack.table, name) : undefined,
      readProject(stack.table, found.application.project),
    ]);
    const windows = windowsFor(project, found.application, { name: found.state.cluster });
    return {
      text: describeApplication({ ...found, last, troubles, operation, windows }, world.now()),
      json: plain({ ...found, operation, lastEvent: last, outages: outages.map(outageFacts), clusterReachable: clusters.length === 0 }),
    };
  },
};

const listAll = async (
  { table }: Stack,
  world: CommandWorld,
  only: { readonly project: string | undefined; readonly cluster: string | undefined },
): Promise<Answer> => {
  const listed = (await allApplications(table)).filter(
    ({ project, cluster }) => (only.project ?? project) === project && (only.cluster ?? cluster) === cluster,
  );
  const names = new Set(listed.map(({ name }) => name));
  const unreadable = new Map<string, string>();
  const states = await readStates(table, [...names], (name, { message }) => void unreadable.set(name, message));
  const outages = (await readOutages(table)).filter(({ applications }) => applications.some((name) => names.has(name)));
  const clusters = await readClusterOutages(
    table,
    listed.map(({ cluster }) => cluster),
  );
  const busy = await readBusyClusters(
    table,
    listed.map(({ cluster }) => cluster),
  );
  const unreached = new Set(clusters.map(({ cluster }) => cluster));
  const circuits = new Map(clusters.map(({ cluster, traffic }) => [cluster, circuitOf(traffic)]));
  const rows = listed.map((application) => ({
    ...application,
    state: states.get(application.name),
    away: outages.filter(({ applications }) => applications.includes(application.name)),
  }));
  const heading = ["NAME", "PROJECT", "CLUSTER", "SYNC", "HEALTH", "REVISION", "SYNCED", "REASON"];
  const lines = rows.map(({ name, project, cluster, state, away }) => [
    name,
    project,
    cluster,
    syncOf(state),
    state?.health ?? "Unknown",
    revisionOf(state),
    state?.syncedAt === undefined ? "-" : ago(state.syncedAt, world.now()),
    oneLine(unreadable.get(name) ?? (reasonOf(state) || awayOf(away, unreached.has(cluster) ? cluster : undefined)), 80),
  ]);
  const json = rows.map(({ name, project, cluster, state, away }) => ({
    name,
    project,
    cluster,
    syncStatus: state?.syncStatus ?? "Unknown",
    health: state?.health ?? "Unknown",
    phase: state?.phase ?? null,
    revisions: (state?.revisions ?? []).map(({ sha }) => sha),
    syncedAt: state?.syncedAt === undefined ? null : new Date(state.syncedAt).toISOString(),
    reason: unreadable.get(name) ?? (reasonOf(state) || null),
    outages: away.map(outageFacts),
    clusterReachable: !unreached.has(cluster),
    circuit: circuits.get(cluster) ?? "closed",
  }));
  if (lines.length === 0) return { text: "No Applications.", json };
  const troubles = [
    ...outages.map((outage) => describeOutage(outage, world.now())),
    ...clusters.map((outage) => describeClusterOutage(outage, world.now())),
    ...busy.map(describeBusyCluster),
  ];
  return { text: [columns([heading, ...lines]), ...(troubles.length === 0 ? [] : ["", ...troubles])].join("\n"), json };
};

const awayOf = (repositories: readonly SourceOutage[], cluster: string | undefined): string =>
  [
    ...repositories.map(({ repository }) => `${repository} cannot be read`),
    ...(cluster === undefined ? [] : [`cluster ${cluster} cannot be reached`]),
  ].join(", ");

const revisionOf = (state: ApplicationState | undefined): string =>
  (state?.revisions ?? []).map(({ sha }) => shortRevision(sha)).join(",") || "-";

const plain = (value: object): Json => JSON.parse(JSON.stringify(value));
