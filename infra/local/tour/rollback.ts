import { generationOf, reads, sails, untouched } from "./harbour.ts";
import { all, watch } from "./look.ts";
import { patience } from "./patience.ts";
import type { TourStep } from "./stage.ts";

const file = "crew/galley/deployment.yaml";
const image = "spec.template.spec.containers.0.image";

/** A pod of this template crashes. */
const sound = "    metadata:\n      labels:\n        app: galley\n    spec:";
const broken = "    metadata:\n      annotations:\n        fairlead.dev/simulate: fail\n      labels:\n        app: galley\n    spec:";

export const rollback: TourStep = {
  title: "A bad revision is rolled back: it is held off until a newer commit, and nothing else is",
  play: async ({ clone, harbor, quay, fairlead }) => {
    const runs = (value: string) => reads(quay, "Deployment", "galley", "galley", image, value);
    await clone.edit(file, sound, broken);
    await clone.edit(file, "whoami:v1.11.0", "whoami:v1.11.1");
    await clone.push("Cook with another oven");
    const bad = await watch("the galley's new Pod crashes", patience.push, () =>
      all(runs("traefik/whoami:v1.11.1"), reads(quay, "Deployment", "galley", "galley", "status.unavailableReplicas", 1)),
    );
    const from = performance.now();
    await fairlead("rollback", "galley", "--no-wait");
    await watch("the galley is as it was before", patience.push, () =>
      all(runs("traefik/whoami:v1.11.0"), sails(quay, "galley", "galley", 1)),
    );
    const back = (performance.now() - from) / 1000;

    const galley = await generationOf(quay, "galley", "galley");
    await clone.edit("crew/radio/deployment.yaml", "replicas: 1", "replicas: 2");
    await clone.push("Man the radio twice");
    const held = await watch("another Application follows its commit, the galley stays rolled back", patience.push, () =>
      all(sails(harbor, "radio", "radio", 2), untouched(quay, "galley", "galley", galley)),
    );
    await clone.edit(file, broken, sound);
    await clone.edit(file, "whoami:v1.11.1", "whoami:v1.10.4");
    await clone.push("Repair the oven");
    const newer = await watch("the galley follows a newer commit", patience.push, () =>
      all(runs("traefik/whoami:v1.10.4"), sails(quay, "galley", "galley", 1)),
    );
    const what = `the galley crashed, was back ${back.toFixed(1)} s after the command, stayed so while radio followed its commit, and follows the next one`;
    return { what, seconds: bad.seconds + back + held.seconds + newer.seconds };
  },
};
