import { fetchHandler } from "../../functions/fetch/handler.ts";
import { notifyHandler } from "../../functions/notify/handler.ts";
import { renderHandler } from "../../functions/render/handler.ts";
import { scanHandler } from "../../functions/scan/handler.ts";
import { syncHandler } from "../../functions/sync/handler.ts";
import { webhookHandler } from "../../functions/webhook/handler.ts";
import { requestBudgetOf } from "../../functions/world/clusters.ts";
import { fingerprintKeyOf, fingerprintSecret } from "../../functions/world/fingerprints.ts";
import { renderLimitsOf } from "../../functions/world/render-limits.ts";
import { toolVersions } from "../../functions/world/tools.ts";
import { functions as shapes } from "../../infra/topology.ts";
import { parseInstallation } from "../../shared/config/parse-installation.ts";
import { resolveRevision } from "../../shared/fetch/resolve/revision.ts";
import { Failure } from "../../shared/model/failure.ts";
import { defaultPeoplesTools } from "../../shared/model/peoples-tools.ts";
import { declareControl } from "../../shared/registry/declare-control.ts";
import { registerObjects, registryClaims } from "../../shared/registry/register-objects.ts";
import { withdrawChildren } from "../../shared/registry/withdraw-children.ts";
import { keepHistoryShort } from "../../shared/state/history-limit.ts";
import { rememberFailure } from "../../shared/state/last-failures.ts";
import type { NoticeMessage, PushMessage, RenderMessage, SyncMessage } from "../../shared/state/messages.ts";
import { tableNotices } from "../../shared/state/notices.ts";
import { wantRef } from "../../shared/state/refs.ts";
import { openTurns } from "../../shared/sync/turns/turns.ts";
import { plainJq } from "../fakes/plain-jq.ts";
import { lookedThrough } from "./clean-up.ts";
import type { QueueName } from "./faults.ts";
import { controlRepository } from "./plan.ts";
import type { Ports } from "./ports.ts";

export type FunctionName = "webhook" | "fetch" | "render" | "sync" | "scan" | "notify";

/** Which function works on which queue. */
export const workers = [
  { fn: "fetch", queue: "pushes" },
  { fn: "render", queue: "renders" },
  { fn: "sync", queue: "syncs" },
  { fn: "notify", queue: "notices" },
] as const satisfies readonly { readonly fn: FunctionName; readonly queue: QueueName }[];

/** Milliseconds that a function may take. */
export const timeoutOf = (fn: FunctionName): number => shapes[fn].timeout * 1000;

const parsed = parseInstallation(
  JSON.stringify({
    controlRepository: { repoURL: controlRepository, targetRevision: "main", path: "." },
    defaultCluster: "harbor",
    connections: [{ name: "git", provider: "github", secret: "webhook", repositories: ["**"] }],
    clusters: [
      { name: "harbor", credentials: "cluster-harbor" },
      { name: "quay", credentials: "cluster-quay" },
    ],
    slack: [{ name: "deployments", webhookSecret: "slack" }],
  }),
  "fairlead.yaml",
);
if (parsed.state === "refused") throw parsed.failure;
const { installation } = parsed;
const [connection] = installation.connections;

export const secretEntries = {
  webhook: { value: "webhook-secret" },
  slack: { value: "right" },
  [fingerprintSecret]: { value: "fingerprint-key" },
} as const;

type Handler = (event: never) => Promise<unknown>;

/** The product's own handlers over the ports of one invocation, composed as their lambda.ts files do. */
export const handlerOf = (fn: FunctionName, ports: Ports): ((event: unknown) => Promise<unknown>) => {
  const handler: Handler = makers[fn](ports);
  return (event) => Reflect.apply(handler, undefined, [event]);
};

const remembering = ({ table, clock }: Ports) => ({ rememberFailure: rememberFailure(table, clock) });

const queuesOf = ({ queue }: Ports) => ({
  pushes: queue<PushMessage>("pushes"),
  renders: queue<RenderMessage>("renders"),
  syncs: queue<SyncMessage>("syncs"),
  notices: queue<NoticeMessage>("notices"),
});

const makers: Readonly<Record<FunctionName, (ports: Ports) => Handler>> = {
  webhook: (ports) =>
    webhookHandler(
      {
        connections: { find: async (path) => (path === "git" ? connection : undefined) },
        secrets: ports.secrets,
        refs: { want: (push) => wantRef(ports.table, push) },
        pushes: ports.queue<PushMessage>("pushes"),
        clock: ports.clock,
        journal: ports.journal,
      },
      { maxBodyBytes: 1_000_000 },
    ),
  fetch: (ports) =>
    fetchHandler({
      ...ports,
      ...queuesOf(ports),
      ...remembering(ports),
      accessTo: async (url) => ({ url }),
      toolVersions,
      bundleBytes: installation.limits.bundleBytes,
    }),
  render: (ports) =>
    renderHandler({
      ...ports,
      ...remembering(ports),
      syncs: ports.queue<SyncMessage>("syncs"),
      limits: renderLimitsOf(installation),
    }),
  sync: (ports) => {
    const { table, clock } = ports;
    const { pushes, syncs, ...others } = queuesOf(ports);
    return syncHandler({
      ...ports,
      ...remembering(ports),
      ...others,
      pushes,
      syncs,
      fingerprintKey: fingerprintKeyOf(ports.secrets),
      jq: plainJq(),
      peoplesTools: defaultPeoplesTools,
      renderLimits: renderLimitsOf(installation),
      waveDelay: installation.sync.waveDelaySeconds,
      turns: openTurns({ ...ports, syncs, budget: ports.requestBudget ?? requestBudgetOf(installation) }),
      registry: {
        claims: (manifest, application) => registryClaims(manifest, application, installation),
        withdraw: ({ name }) => withdrawChildren(name, { table, clock, syncs }),
        apply: (request) => registerObjects(request, { table, clock, pushes, syncs, installation }),
      },
    });
  },
  scan: (ports) => {
    const { table, clock } = ports;
    const { pushes, syncs, notices } = queuesOf(ports);
    return scanHandler({
      ...ports,
      pushes,
      syncs,
      notices,
      clusterNames: async () => ports.clusterNames,
      fingerprintKey: fingerprintKeyOf(ports.secrets),
      listRefs: (url, also) => ports.git.listRefs({ url }, also),
      pollSeconds: () => undefined,
      resolve: (selector, refs) => {
        const resolved = resolveRevision(selector, refs);
        return resolved instanceof Failure ? undefined : resolved;
      },
      drift: () => ({ every: undefined, jitter: undefined, grace: 0, watch: false }),
      peoplesTools: defaultPeoplesTools,
      jq: plainJq(),
      declareControl: async () => (ports.control ? declareControl({ table, clock, pushes, installation }) : undefined),
    });
  },
  notify: (ports) =>
    notifyHandler({
      ...ports,
      ...remembering(ports),
      notices: tableNotices(ports.table, ports.clock),
      keepHistoryShort: ({ application, event }) =>
        keepHistoryShort(ports.table, { application, event: ports.cleansAlways ? lookedThrough : event }, ports.clock.now()),
      places: [{ kind: "slack-webhook", name: "deployments", secret: "slack" }],
      queue: ports.queue<NoticeMessage>("notices"),
    }),
};

/** What GitHub sends when a branch has moved. */
export const pushPayload = (repository: string, before: string | undefined, after: string) => ({
  ref: "refs/heads/main",
  before: before ?? "0".repeat(40),
  after,
  repository: { clone_url: repository, html_url: repository.replace(/\.git$/, "") },
  pusher: { name: "ada" },
});

export const pathOfWebhook = "/hooks/git";
