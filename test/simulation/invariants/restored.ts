import { canonicalJson } from "../../../shared/model/digest.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { formatKey, keyOf } from "../../../shared/model/resource-key.ts";
import type { Report } from "../invariant.ts";
import type { Observer } from "../observation.ts";
import type { World } from "../world.ts";

/** A delete that was on its way when the table went back, ms. */
const onItsWay = 1_000;

/** After the table went back, or was lost: nothing is deleted before its cluster was searched, and nothing is written that matches. */
export const watchRestored = (report: Report, world: () => World): Observer => {
  const byOthers = new Set<string>();
  const check: Observer["clusterChanged"] = (cluster, after, before, writer) => {
    const { restores, store, timeline, plan } = world();
    const last = restores.at(-1);
    if (writer === undefined && before) byOthers.add(`${cluster} ${formatKey(keyOf(before))}`);
    if (last === undefined || writer?.application === undefined || before === undefined || before.kind === "Job") return;
    const where = `${cluster} ${formatKey(keyOf(before))}`;
    if (after !== undefined) {
      // What somebody else has changed does not match, even where Git says nothing of it.
      // A step that was under way may have its state from before and its inventory from after.
      const isUnderWay = writer.invocation.begunAt < last.at;
      if (!isUnderWay && !byOthers.has(where) && canonicalJson(contentOf(after)) === canonicalJson(contentOf(before)))
        report("what matches is left alone", `${writer.invocation.id} wrote ${where}, which had all of it`);
      return;
    }
    const isLate = plan.faults.some(({ kind }) => kind === "freeze" || kind === "slow") && writer.invocation.begunAt < last.at;
    if (isLate || timeline.now() - last.at < onItsWay) return;
    const state = store.read({ pk: `app#${writer.application}`, sk: "state" });
    const epoch = typeof state?.epoch === "number" ? state.epoch : 1;
    if (epoch <= last.epoch) report("prunes nothing before it was compared", `${where} was deleted in epoch ${epoch}`);
    if (state?.unproven === true) report("prunes nothing before it was compared", `${where} was deleted before the cluster was searched`);
  };
  return { clusterChanged: check };
};

/** What Git can say of an object. */
const contentOf = ({ metadata, status: _, ...rest }: Manifest) => {
  const { resourceVersion: __, managedFields: ___, generation: ____, ...said } = metadata;
  return { ...rest, metadata: said };
};
