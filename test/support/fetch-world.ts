import { fetchPush } from "../../shared/fetch/fetch-push.ts";
import type { FetchWorld } from "../../shared/fetch/ports.ts";
import type { Application } from "../../shared/model/application.ts";
import type { JsonObject } from "../../shared/model/json.ts";
import { normaliseRepositoryUrl } from "../../shared/model/repository-url.ts";
import { readState } from "../../shared/state/application-state.ts";
import { declareApplication } from "../../shared/state/applications.ts";
import { recordClusterFacts } from "../../shared/state/clusters.ts";
import type { PushMessage, RenderMessage, SyncMessage } from "../../shared/state/messages.ts";
import { wantRef } from "../../shared/state/refs.ts";
import { memoryArtifacts } from "../fakes/memory-artifacts.ts";
import { memoryCharts } from "../fakes/memory-charts.ts";
import { memoryGit } from "../fakes/memory-git.ts";
import { memoryQueue } from "../fakes/memory-queue.ts";
import type { Tree } from "../fakes/memory-snapshot.ts";
import { memoryTable } from "../fakes/memory-table.ts";
import { anApplication } from "./sync-world.ts";

export const monorepo = "https://git.example.com/team/config.git";

/** A fetch with everything in memory, and the moves that happen around it. */
export const fetchWorld = () => {
  const git = memoryGit();
  const charts = memoryCharts();
  const table = memoryTable();
  const renders = memoryQueue<RenderMessage>();
  const syncs = memoryQueue<SyncMessage>();
  const told: { readonly event: string; readonly facts: JsonObject }[] = [];
  let deliveries = 0;
  const world: FetchWorld = {
    table,
    artifacts: memoryArtifacts(),
    git: git.git,
    charts: charts.charts,
    accessTo: async (url) => ({ url }),
    pushes: memoryQueue<PushMessage>(),
    renders,
    syncs,
    clock: { now: () => 1_000_000 },
    journal: { tell: (event, facts) => told.push({ event, facts }) },
    toolVersions: "kubectl v1.36.3, helm v4.2.3",
    bundleBytes: 1024 * 1024,
  };
  return {
    ...world,
    table,
    world,
    renders,
    syncs,
    told,
    charts,
    commit: git.commit,
    point: git.point,
    lead: git.lead,
    /** Declares Applications and fetches each for the first time. */
    async declare(...applications: readonly Application[]): Promise<void> {
      await recordClusterFacts(table, "harbor", { version: "v1.36.3", apiVersions: ["v1"] });
      for (const application of applications) await declareApplication(table, { application, cluster: "harbor", at: 1 });
      for (const { name } of applications) await fetchPush({ v: 1, kind: "application", application: name }, world);
    },
    /** Commits, and fetches as the push's webhook makes it do. */
    async push(tree: Tree, url = monorepo) {
      const after = git.commit(url, tree);
      return this.pushed(after, url);
    },
    async pushed(after: string, url = monorepo) {
      const repository = normaliseRepositoryUrl(url);
      await wantRef(table, { repository, ref: "refs/heads/main", after, deliveryId: `${++deliveries}`, at: 999_000 });
      return fetchPush({ v: 1, kind: "ref", repository, ref: "refs/heads/main" }, world);
    },
    /** Names of the Applications that something is to be rendered for since the last call. */
    rendered: () =>
      renders
        .take()
        .flatMap(({ applications }) => applications)
        .toSorted(),
    state: (name: string) => readState(table, name),
  };
};

/** An Application of one path in the monorepo. */
export const applicationAt = (name: string, path: string, more: Partial<Application["sources"][number]> = {}): Application =>
  anApplication({ name, sources: [{ repoURL: monorepo, targetRevision: "main", path, ...more }] });

/** A repository that lends its values to an Application of the monorepo. */
export const far = "https://git.example.com/far.git";

/** Declares `lent`, an Application with sources in both; the answer is the first commit of the one that lends. */
export const lend = async (world: Pick<ReturnType<typeof fetchWorld>, "commit" | "declare" | "pushed">): Promise<string> => {
  const first = world.commit(far, { "values.yaml": "x: 1" });
  world.commit(monorepo, { "chart/Chart.yaml": "name: a" });
  const sources = [
    { repoURL: monorepo, targetRevision: "main", path: "chart", helm: { valueFiles: ["$far/values.yaml"] } },
    { repoURL: far, targetRevision: "main", path: "", ref: "far" },
  ];
  await world.declare(anApplication({ name: "lent", sources }));
  await world.pushed(first, far);
  return first;
};
