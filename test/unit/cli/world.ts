import type { CommandWorld, Offered } from "../../../cli/command.ts";
import { run } from "../../../cli/run.ts";
import type { ActionRequest } from "../../../shared/actions/run-action.ts";
import type { Orphans } from "../../../shared/drift/orphaned-resources.ts";
import type { Json } from "../../../shared/model/json.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { describeKey, type ResourceKey } from "../../../shared/model/resource-key.ts";
import type { Table } from "../../../shared/ports/table.ts";
import { readState } from "../../../shared/state/application-state.ts";
import { readResults } from "../../../shared/state/event-results.ts";
import { keys } from "../../../shared/state/items.ts";
import type { PushMessage, SyncMessage } from "../../../shared/state/messages.ts";
import type { Preview } from "../../../shared/sync/preview.ts";
import type { TryOut, TryOutSubject } from "../../../shared/sync/try-out.ts";
import { memoryArtifacts } from "../../fakes/memory-artifacts.ts";
import { memoryDeadLetters } from "../../fakes/memory-dead-letters.ts";
import { memoryQueue } from "../../fakes/memory-queue.ts";
import type { memoryTable } from "../../fakes/memory-table.ts";
import { applicationManifest } from "../argocd/manifests.ts";
import { openRegistry } from "../registry/registry.ts";

export const sha = "0123456789abcdef0123456789abcdef01234567";
export const now = Date.parse("2026-11-21T12:00:00Z");

/** What `fairlead diff` is told. */
const preview: Preview = {
  results: [
    {
      key: { group: "apps", kind: "Deployment", namespace: "production", name: "web" },
      action: "configured",
      code: "Synced",
      fields: [{ path: "spec.replicas", desired: "3", live: "5" }],
    },
    { key: { group: "", kind: "Service", namespace: "production", name: "web" }, action: "unchanged", code: "Synced" },
  ],
  registered: 0,
};

const secret: Manifest = { apiVersion: "v1", kind: "Secret", metadata: { name: "login" }, stringData: { password: "hunter2" } };

/** Only Deployments can be restarted; what no object of `web` is called is not there. */
const offeredFor = (object: ResourceKey): Offered => {
  if (!preview.results.some(({ key }) => key.name === object.name))
    return { object, refused: `${describeKey(object)} is not in the cluster` };
  const scale = { name: "scale", parameters: ["replicas"], disabled: "an autoscaler does" };
  return { object, actions: object.kind === "Deployment" ? [{ name: "restart", parameters: [] }, scale] : [] };
};

/** A stack in memory with the Applications `web` and `api`; `web` was synced a minute ago. `pause` runs `meanwhile` once per call. */
export const openStack = async (
  meanwhile: (table: ReturnType<typeof memoryTable>) => Promise<void> = async () => {},
  tryOut: TryOut = { refused: [], pruned: [], hooks: [] },
) => {
  const { world: registry, push } = await openRegistry();
  await push([applicationManifest({}, { name: "web" }), applicationManifest({}, { name: "api" })]);
  const { table } = registry;
  await table.update(keys.state("web"), {
    set: {
      observedGeneration: 1,
      syncStatus: "Synced",
      health: "Healthy",
      phase: "Succeeded",
      syncedAt: now - 60_000,
      revisions: [{ repoURL: "https://github.com/org/repo", sha }],
      commit: { sha, author: "Ada", message: "Scale web\n\nmore of it", committedAt: "2026-11-21T11:58:00Z" },
    },
  });
  const syncs = memoryQueue<SyncMessage>();
  const pushes = memoryQueue<PushMessage>();
  const deadLetters = {
    pushes: memoryDeadLetters(),
    renders: memoryDeadLetters(),
    "syncs-public": memoryDeadLetters(),
    notices: memoryDeadLetters(),
  };
  const artifacts = memoryArtifacts();
  const asked: string[] = [];
  const said: string[] = [];
  const tried: TryOutSubject[] = [];
  const ran: ActionRequest[] = [];
  let orphans: Orphans = { namespaces: ["production"], orphans: [], unseen: [] };
  let clock = now;
  const world: CommandWorld = {
    stack: async () => ({
      table,
      pushes,
      syncsOf: () => syncs,
      deadLetters,
      control: async (path) => void asked.push(path),
      preview: async () => preview,
      tryOut: async (subject) => {
        tried.push(subject);
        return tryOut;
      },
      offeredActions: async (_, objects) => objects.map(offeredFor),
      runAction: async (request) => {
        ran.push(request);
        return [{ key: request.object, action: "configured", code: request.action === "restart" ? "Synced" : "SyncFailed" }];
      },
      orphans: async () => orphans,
      results: (event) => readResults(artifacts, event),
      manifests: async (digest) => (digest === "rendered" ? [secret] : undefined),
    }),
    now: () => clock,
    pause: async (milliseconds) => {
      clock += milliseconds;
      await meanwhile(table);
    },
    say: (line) => void said.push(line),
    user: "ada",
  };
  const fairlead = (line: string) =>
    run(
      line.split(" ").filter((word) => word !== ""),
      world,
    );
  const json = async (line: string): Promise<Json> => JSON.parse((await fairlead(`${line} --json`)).out);
  return {
    table,
    artifacts,
    syncs,
    pushes,
    deadLetters,
    asked,
    said,
    tried,
    ran,
    fairlead,
    json,
    leave: (left: Partial<Orphans>) => {
      orphans = { ...orphans, ...left };
    },
  };
};

/** What a step of an operation does to the state of `web`; `ended`: it was the last one. */
export const settle =
  (outcome: object, ended = true) =>
  async (table: Table) => {
    const state = await readState(table, "web");
    await table.update(keys.state("web"), {
      set: { syncedAt: now, ...outcome, ...(ended && { observedGeneration: state?.desiredGeneration }) },
    });
  };
