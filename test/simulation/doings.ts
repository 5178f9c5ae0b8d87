import { createHmac } from "node:crypto";
import type { Application } from "../../shared/model/application.ts";
import { isJsonObject } from "../../shared/model/json.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import { defaultProject } from "../../shared/model/project.ts";
import { declareApplication } from "../../shared/state/applications.ts";
import { wish } from "../../shared/state/wishes.ts";
import { anApplication } from "../support/sync-world.ts";
import { apiVersionOf, kindOf, namespaceOf } from "./content.ts";
import { pathOfWebhook, pushPayload, secretEntries } from "./functions.ts";
import { type ApplicationPlan, controlName, controlRepository, type Step } from "./plan.ts";
import type { Pushed } from "./repositories.ts";
import { rollBack } from "./roll-back.ts";
import type { Running } from "./running.ts";
import type { World } from "./world.ts";

/** Milliseconds after which people go on. */
const goOn = 5_000;

/** What people did that invariants must know of. */
export interface Doings {
  /** False when there was nothing to do it to. */
  do(step: Step): boolean;
  /** Lets the Applications stand where the schedule begins. */
  declare(): Promise<void>;
  /** Objects that somebody changed by hand, as `application/name`. */
  readonly byHand: ReadonlySet<string>;
  /** Pushes that a webhook answered for with 202. */
  acknowledged(): number;
}

export const openDoings = (world: World, running: Running): Doings => {
  const { timeline, random, repositories, plan, store, queues, gate } = world;
  const byHand = new Set<string>();
  const rolledBack = new Set<string>();
  let deliveries = 0;
  let acknowledged = 0;
  const now = (): number => Math.floor(timeline.now());

  const announce = (pushed: Pushed) => {
    world.trace.tell("people", `${pushed.repository} is at ${pushed.after.slice(0, 7)}`);
    const off = gate.inForce("webhooks-off");
    if (off) return gate.strike(off);
    const body = JSON.stringify(pushPayload(pushed.repository, pushed.before, pushed.after));
    const delivery = `delivery-${++deliveries}`;
    // Some hosts deliver again what was answered late.
    const times = random.chance(0.1) ? 2 : 1;
    for (let time = 0; time < times; time++)
      timeline.after(random.between(5, 400), () =>
        running.invoke("webhook", httpEvent(body, delivery), (answer) => {
          if (isAccepted(answer)) acknowledged++;
        }),
      );
  };

  const bump = (application: string): void =>
    announce(repositories.push(appOf(application).repository, [{ application, how: "bump", index: 0 }]));

  const appOf = (name: string): ApplicationPlan => {
    const found = plan.applications.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no Application ${name}`);
    return found;
  };

  const touch = (application: string, index: number, act: (at: Manifest, name: string) => void): boolean => {
    const { cluster, namespace } = appOf(application);
    const content = repositories.head(application).filter(({ kind }) => kind !== "Hook");
    const object = content[index % Math.max(1, content.length)];
    const live = world.clusters
      .get(cluster)
      ?.objects()
      .find(
        ({ apiVersion, kind, metadata }) =>
          metadata.name === object?.name &&
          metadata.namespace === namespaceOf(object.kind, namespace) &&
          kind === kindOf(object.kind) &&
          apiVersion === apiVersionOf(object.kind),
      );
    if (live && object) act(live, object.name);
    return live !== undefined;
  };
  const addressOf = ({ apiVersion, kind, metadata }: Manifest) => ({
    apiVersion,
    kind,
    namespace: metadata.namespace ?? "",
    name: metadata.name,
  });

  const act = (step: Step): boolean => {
    world.writes(undefined);
    switch (step.do) {
      case "push":
        announce(repositories.push(step.repository, step.changes));
        return true;
      case "burst": {
        const changes = [{ application: step.application, how: "bump" as const, index: 0 }];
        for (let push = 0; push < step.pushes; push++)
          timeline.after((push * step.within) / step.pushes, () => announce(repositories.push(step.repository, changes)));
        if (step.pushes >= 100) gate.note("F-25");
        return true;
      }
      case "force-back": {
        const pushed = repositories.forceBack(step.repository, step.by);
        if (!pushed) return false;
        gate.note("F-21");
        announce(pushed);
        // What it is forced back to may be what a rollback holds off: whoever rolled back wants something newer.
        for (const name of rolledBack) if (appOf(name).repository === step.repository) timeline.after(goOn, () => bump(name));
        return true;
      }
      case "wipe":
        announce(repositories.empty(step.application));
        timeline.after(step.lasts, () => announce(repositories.fill(step.application)));
        return true;
      case "edit":
        return touch(step.application, step.index, (live, name) => {
          // Hardly a field of a CRD can be changed.
          if (live.kind === kindOf("Crd")) return;
          byHand.add(`${step.application}/${name}`);
          clusterOf(step.application).edit(addressOf(live), "kubectl-edit", edited);
        });
      case "delete":
        return touch(step.application, step.index, (live, name) => {
          byHand.add(`${step.application}/${name}`);
          // Its objects go with a kind.
          if (live.kind === kindOf("Crd")) byHand.add(`${step.application}/thing`);
          void clusterOf(step.application).delete(addressOf(live), { uid: live.metadata.uid ?? "", propagation: "Background" });
        });
      case "touch":
        return touch(step.application, step.index, (live) => {
          clusterOf(step.application).edit(addressOf(live), "some-controller", (object) => ({
            ...object,
            metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, "controller.example.com/seen": String(now()) } },
          }));
        });
      case "roll-back":
        if (repositories.isWithdrawn(step.application)) return false;
        void rollBack(world, step.application).then((what) => {
          if (what === "nothing-to-do") return;
          rolledBack.add(step.application);
          timeline.after(step.lasts, () => bump(step.application));
        });
        return true;
      case "ask":
        void wish(store.table, step.application, { requested: { by: "ada", prune: true, dryRun: false }, trigger: "manual" }, now());
        queues.syncs.put(JSON.stringify({ v: 1, application: step.application }));
        return true;
      case "withdraw": {
        const pushed = repositories.withdraw(step.application);
        if (pushed) announce(pushed);
        else {
          void wish(store.table, step.application, { removal: "cascade", trigger: "registry" }, now());
          queues.syncs.put(JSON.stringify({ v: 1, application: step.application }));
        }
        return true;
      }
      case "redeclare": {
        const redeclare = () => {
          const pushed = repositories.redeclare(step.application);
          if (pushed) announce(pushed);
          return pushed !== undefined;
        };
        timeline.after(step.lasts, redeclare);
        return redeclare();
      }
      case "scan":
        running.invoke("scan", { scan: step.scan });
        return true;
    }
  };
  const clusterOf = (application: string) => {
    const found = world.clusters.get(appOf(application).cluster);
    if (found === undefined) throw new Error(`no cluster of ${application}`);
    return found;
  };

  return {
    byHand,
    acknowledged: () => acknowledged,
    do: (step) => {
      world.trace.tell("people", `${step.do} ${JSON.stringify(step)}`);
      return act(step);
    },
    declare: async () => {
      if (plan.control) return;
      for (const application of plan.applications.filter(({ name }) => !repositories.isWithdrawn(name))) {
        await declareApplication(store.table, { application: declaredAs(application), cluster: application.cluster, at: now() });
        queues.pushes.put(JSON.stringify({ v: 1, kind: "application", application: application.name }));
      }
    },
  };
};

/** Only what is ours: an edit of somebody else's fields is no drift. */
const edited = (live: Manifest): Manifest => {
  const [part, change] = live.kind === "Deployment" ? (["spec", { replicas: 5 }] as const) : (["data", { greeting: "by hand" }] as const);
  const was = live[part];
  return { ...live, [part]: { ...(isJsonObject(was) ? was : {}), ...change } };
};

const declaredAs = ({
  name,
  repository,
  project = defaultProject,
  cluster,
  namespace,
  selfHeal,
  historyLimit,
}: ApplicationPlan): Application =>
  anApplication({
    name,
    project,
    finalizers: ["resources-finalizer.argocd.argoproj.io"],
    sources: [{ repoURL: repository, targetRevision: "main", path: name }],
    destination: { name: cluster, namespace },
    syncPolicy: { automated: { prune: true, selfHeal, allowEmpty: false }, syncOptions: ["CreateNamespace=true"] },
    ...(historyLimit !== undefined && { revisionHistoryLimit: historyLimit }),
  });

const httpEvent = (body: string, delivery: string) => ({
  version: "2.0",
  routeKey: "$default",
  rawPath: pathOfWebhook,
  rawQueryString: "",
  headers: {
    host: "hooks.example.com",
    "content-type": "application/json",
    "x-github-event": "push",
    "x-github-delivery": delivery,
    "x-hub-signature-256": `sha256=${createHmac("sha256", secretEntries.webhook.value).update(body).digest("hex")}`,
  },
  requestContext: {
    domainName: "hooks.example.com",
    http: { method: "POST", path: pathOfWebhook, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "" },
  },
  body,
  isBase64Encoded: false,
});

const isAccepted = (answer: unknown): boolean =>
  typeof answer === "object" && answer !== null && "statusCode" in answer && answer.statusCode === 202;

export const namesOfRepositories = ({ applications, control }: World["plan"]): readonly string[] => [
  ...new Set([...applications.map(({ repository }) => repository), ...(control ? [controlRepository] : [])]),
];

export const namesOfApplications = ({ applications, control }: World["plan"]): readonly string[] => [
  ...applications.map(({ name }) => name),
  ...(control ? [controlName] : []),
];
