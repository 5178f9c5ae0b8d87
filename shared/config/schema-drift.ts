import * as z from "zod/mini";
import { defaultPeoplesTools } from "../model/peoples-tools.ts";
import { about, optional, orElse, text, whole } from "./schema-fields.ts";

const day = 86_400;

const everySeconds = (whose: string) =>
  whole(
    60,
    7 * day,
    `${whose} Rounded up to the looks at the cluster (intervals.driftSeconds). The annotation fairlead.dev/drift-interval of an Application comes first.`,
  );

const watch = (whose: string, price: string) => about(`${whose} ${price}`, z.boolean());

const clusterDrift = z.strictObject({
  name: text("Name of the cluster."),
  everySeconds: optional(everySeconds("How often its Applications are compared.")),
  watch: optional(watch("Whether this cluster is watched.", "Default: drift.watch.")),
});

export const driftField = z.strictObject({
  everySeconds: optional(everySeconds("How often an Application is compared. Default: at every look.")),
  jitterSeconds: optional(
    whole(
      0,
      day,
      "Over how long the Applications of one interval are spread; the annotation fairlead.dev/drift-jitter comes first. Default: the whole interval.",
    ),
  ),
  graceSeconds: orElse(
    whole(
      0,
      7 * day,
      "How long drift that was told is left alone where an Application's mode is report-then-heal; the annotation fairlead.dev/drift-grace comes first.",
    ),
    0,
  ),
  peoplesTools: orElse(
    about(
      "Field managers, by prefix, that are people's tools: what they add to our objects is drift. A list of your own replaces this one.",
      z.array(text("Start of a field manager's name.")),
    ),
    [...defaultPeoplesTools],
  ),
  watch: optional(
    watch(
      "Whether clusters are watched, so that drift is found within seconds. Default: on one machine yes, on AWS no.",
      "On AWS one function of 1 GB then runs all the time, for all watched clusters together: about 49 USD a month.",
    ),
  ),
  clusters: orElse(about("What differs for one cluster, wherever it is declared.", z.array(clusterDrift)), []),
});
