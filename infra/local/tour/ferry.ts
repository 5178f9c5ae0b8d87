/** The ferry has waves and hooks, and nobody heals it: what only an operation of several steps, and a mere report, can show. */
import { generationOf, type Harbour, reads, untouched, valueAt } from "./harbour.ts";
import { all, type Look, watch } from "./look.ts";
import { patience } from "./patience.ts";
import type { TourStep } from "./stage.ts";

export const inOrder: TourStep = {
  title: "The ferry came up in order: its PreSync hook, then wave after wave",
  play: ({ quay }) =>
    watch("the inspection ended before the engine came, the engine before the bridge, the bridge before the tickets", patience.start, () =>
      order(quay),
    ),
};

/** By the API server's own clock, to the second: two seconds lie between two waves. */
const order = async (quay: Harbour): Promise<Look> => {
  const inspection = timeAt(await quay.find("Job", "ferry", "inspection"), "status.completionTime");
  const waves = await Promise.all(
    ["engine", "bridge", "tickets"].map(async (name) => timeAt(await quay.find("Deployment", "ferry", name), "metadata.creationTimestamp")),
  );
  const [engine = 0, bridge = 0, tickets = 0] = waves;
  const found = `inspection ended, ${[engine, bridge, tickets].map((at, wave) => `wave ${wave} came ${(at - inspection) / 1000} s later`).join(", ")}`;
  return inspection > 0 && inspection <= engine && engine < bridge && bridge < tickets ? { seen: found } : { instead: found };
};

const timeAt = (object: Awaited<ReturnType<Harbour["find"]>>, path: string): number => {
  const value = valueAt(object, path);
  return typeof value === "string" ? Date.parse(value) : 0;
};

const bridgeImage = "spec.template.spec.containers.0.image";

export const reported: TourStep = {
  title: "Somebody edits the ferry, which is not healed: it stays, and field and tool are named",
  play: async ({ quay, listen }) => {
    const heard = listen();
    await quay.edit("Deployment", "ferry", "bridge", "whoami:v1.11.0", "whoami:v1.10.4");
    return watch("Slack names the image and kubectl-edit, and the bridge stays as it was edited", patience.drift, () =>
      all(
        heard("ferry", "containers[name=bridge].image", "kubectl-edit"),
        reads(quay, "Deployment", "ferry", "bridge", bridgeImage, "traefik/whoami:v1.10.4"),
      ),
    );
  },
};

export const failingHook: TourStep = {
  title: "The ferry's inspection fails: nothing is changed, and the SyncFail hook runs",
  play: async ({ clone, quay, listen }) => {
    const heard = listen();
    const tickets = await generationOf(quay, "ferry", "tickets");
    await clone.edit("ferry/tickets.yaml", "replicas: 1", "replicas: 3");
    await clone.edit("ferry/inspection.yaml", "fairlead.dev/simulate: pass", "fairlead.dev/simulate: fail");
    await clone.push("Sell more tickets, with a hole in the hull");
    return watch("the inspection failed, the distress signal was sent, the tickets were not touched", patience.push, () =>
      all(
        reads(quay, "Job", "ferry", "inspection", "status.failed", 1),
        reads(quay, "Job", "ferry", "distress-signal", "status.succeeded", 1),
        untouched(quay, "ferry", "tickets", tickets),
        heard("ferry", "inspection"),
      ),
    );
  },
};
