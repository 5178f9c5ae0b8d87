import type { DriftWorld } from "../../shared/drift/ports.ts";
import { defaultPeoplesTools } from "../../shared/model/peoples-tools.ts";
import { plainJq } from "../fakes/plain-jq.ts";

/** What an installation file without a word about drift says. */
export const driftDefaults: Pick<DriftWorld, "drift" | "peoplesTools" | "jq"> = {
  drift: () => ({ every: undefined, jitter: undefined, grace: 0, watch: false }),
  peoplesTools: defaultPeoplesTools,
  jq: plainJq(),
};
