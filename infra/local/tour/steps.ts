import { failingHook, inOrder, reported } from "./ferry.ts";
import { generationOf, type Harbour, isGone, reads, sails, untouched } from "./harbour.ts";
import { all, type Look, watch } from "./look.ts";
import { lookout, lookoutApplication } from "./lookout.ts";
import { patience } from "./patience.ts";
import { rollback } from "./rollback.ts";
import type { TourStep } from "./stage.ts";

const fleetIsUp: TourStep = {
  title: "The fleet in Git comes up in both clusters",
  play: ({ harbor, quay, fleetRests }) =>
    watch("all Applications are synced and healthy, and their Deployments available", patience.start, () =>
      all(
        fleetRests(),
        sails(harbor, "shop-staging", "web", 1),
        sails(quay, "shop-production", "web", 3),
        sails(harbor, "tides", "tides", 2),
        sails(quay, "lighthouse", "lamp", 2),
        sails(quay, "ferry", "engine", 1),
        sails(quay, "ferry", "bridge", 1),
        sails(quay, "ferry", "tickets", 1),
        sails(harbor, "radio", "radio", 1),
        sails(quay, "galley", "galley", 1),
      ).then(summed("all Applications are synced and healthy, their 9 Deployments available")),
    ),
};

const edit: TourStep = {
  title: "A push scales production from 3 to 5; staging, from the same base, is left alone",
  play: async ({ clone, harbor, quay }) => {
    const staging = await generationOf(harbor, "shop-staging", "web");
    await clone.edit("shop/overlays/production/kustomization.yaml", "count: 3", "count: 5");
    await clone.push("Scale production to five");
    return watch("production has 5 replicas, staging was not touched", patience.push, () =>
      all(sails(quay, "shop-production", "web", 5), untouched(harbor, "shop-staging", "web", staging)),
    );
  },
};

const deletion: TourStep = {
  title: "Somebody deletes a Deployment: it comes back",
  play: async ({ quay }) => {
    const before = await quay.find("Deployment", "lighthouse", "lamp");
    await quay.kubectl("--namespace", "lighthouse", "delete", "deployment", "lamp");
    return watch("another lamp than the deleted one, with 2 replicas", patience.drift, async () => {
      const now = await quay.find("Deployment", "lighthouse", "lamp");
      return now && now.metadata.uid === before?.metadata.uid
        ? { instead: "the lamp that was deleted is still there" }
        : sails(quay, "lighthouse", "lamp", 2);
    });
  },
};

const scaling: TourStep = {
  title: "Somebody scales a Deployment by hand: it is put back, and named",
  play: async ({ harbor, listen }) => {
    const heard = listen();
    await harbor.kubectl("--namespace", "shop-staging", "scale", "deployment", "web", "--replicas", "4");
    return watch("web in shop-staging has 1 replica again, and Slack names the field and kubectl", patience.drift, () =>
      all(sails(harbor, "shop-staging", "web", 1), heard("shop-staging", "spec.replicas", "kubectl")),
    );
  },
};

const template = "charts/tides/templates/deployment.yaml";
/** The line of the template that is broken. */
const brokenLine = 8;

const breaking: TourStep = {
  title: "A chart with a syntax error is pushed: the cluster stays as it was, Slack says which line",
  play: async ({ clone, harbor, listen }) => {
    const heard = listen();
    const tides = await generationOf(harbor, "tides", "tides");
    await clone.edit("charts/tides/values.yaml", "port: 80", "port: 8080");
    await clone.edit(template, "{{ .Values.replicas }}", "{{ .Values.replicas }");
    await clone.push("Move tides to another port");
    return watch(`Slack names ${template}:${brokenLine}, and nothing of tides has changed`, patience.push, () =>
      all(
        heard("tides", `${template}:${brokenLine}`),
        untouched(harbor, "tides", "tides", tides),
        reads(harbor, "Service", "tides", "tides", "spec.ports.0.port", 80),
      ),
    );
  },
};

const mending: TourStep = {
  title: "The chart is mended: the change arrives",
  play: async ({ clone, harbor }) => {
    await clone.edit(template, "{{ .Values.replicas }", "{{ .Values.replicas }}");
    await clone.push("Close the braces");
    return watch("the Service of tides has port 8080", patience.push, () =>
      reads(harbor, "Service", "tides", "tides", "spec.ports.0.port", 8080),
    );
  },
};

const removal: TourStep = {
  title: "A file is removed: what it described is pruned, and nothing else",
  play: async ({ clone, quay }) => {
    const lamp = await generationOf(quay, "lighthouse", "lamp");
    await clone.remove("lighthouse/keeper.yaml");
    await clone.push("Send the keeper home");
    return watch("the keeper's objects are gone, the lamp was not touched", patience.push, () =>
      all(
        isGone(quay, "CronJob", "lighthouse", "keeper"),
        isGone(quay, "RoleBinding", "lighthouse", "keeper"),
        isGone(quay, "ServiceAccount", "lighthouse", "keeper"),
        untouched(quay, "lighthouse", "lamp", lamp),
      ),
    );
  },
};

const newShip: TourStep = {
  title: "The app of apps gets another Application: it is declared, rendered and applied",
  play: async ({ clone, harbor }) => {
    for (const [path, text] of Object.entries(lookout)) await clone.write(path, text);
    await clone.push("Post a lookout");
    return watch("a Deployment that nobody but Git knows of", patience.push, () => sails(harbor, "lookout", "lookout", 1));
  },
};

const lostShip: TourStep = {
  title: "… and loses it: its objects go with it",
  play: async ({ clone, harbor, applications }) => {
    await clone.remove(lookoutApplication);
    await clone.push("Call the lookout down");
    return watch("the Application lookout and its Deployment are gone", patience.push, () =>
      all(isGone(harbor, "Deployment", "lookout", "lookout"), forgotten(applications, "lookout")),
    );
  },
};

const outage: TourStep = {
  title: "A cluster is away: the other goes on, and it catches up when it is back",
  needsOurClusters: true,
  play: async ({ clone, harbor, quay, missesCluster }) => {
    await quay.control?.stopApiServer();
    await watch("Fairlead notices that quay is away", patience.drift, () => missesCluster("quay"));
    await clone.edit("shop/base/service.yaml", "port: 80", "port: 8080");
    await clone.push("Move the shops to another port");
    const port = (harbour: Harbour, namespace: string) => reads(harbour, "Service", namespace, "web", "spec.ports.0.port", 8080);
    const followed = await watch("harbor follows the push while quay is away", patience.push, () => port(harbor, "shop-staging"));
    await quay.control?.startApiServer();
    const caughtUp = await watch("quay catches up once it is back", patience.outage, () => port(quay, "shop-production"));
    const what = `harbor followed in ${followed.seconds.toFixed(1)} s without quay, which caught up ${caughtUp.seconds.toFixed(1)} s after it was back`;
    return { what, seconds: followed.seconds + caughtUp.seconds };
  },
};

export const tourSteps: readonly TourStep[] = [
  fleetIsUp,
  inOrder,
  edit,
  deletion,
  scaling,
  reported,
  breaking,
  mending,
  failingHook,
  rollback,
  removal,
  newShip,
  lostShip,
  outage,
];

const summed =
  (words: string) =>
  (look: Look): Look =>
    "seen" in look ? { seen: words } : look;

const forgotten = async (applications: () => Promise<readonly string[]>, name: string): Promise<Look> =>
  (await applications()).includes(name) ? { instead: `${name} is still an Application` } : { seen: `nobody knows ${name} any more` };
