import { numberAt, objectAt } from "../../health/fields.ts";
import type { BuiltInAction } from "../action.ts";
import { timestamp } from "../action.ts";
import { withField } from "../json-patch.ts";

/** As cert-manager's own command does it: it issues anew while this condition stands. */
export const renew: BuiltInAction = {
  name: "renew",
  run: (live, _, now) => {
    const { conditions } = objectAt(live, "status");
    const others = (Array.isArray(conditions) ? conditions : []).filter((each) => objectAt(each).type !== "Issuing");
    const condition = {
      type: "Issuing",
      status: "True",
      reason: "ManuallyTriggered",
      message: "Certificate re-issuance manually triggered",
      lastTransitionTime: timestamp(now),
      observedGeneration: numberAt(live, "metadata", "generation") ?? 0,
    };
    return { kind: "change", object: withField(live, ["status", "conditions"], [...others, condition]) };
  },
};
