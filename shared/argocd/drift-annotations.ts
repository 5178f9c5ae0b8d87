import type { Application } from "../model/application.ts";
import { goDuration } from "../model/duration.ts";

/** What happens when live objects moved away from Git. */
export type DriftMode = "report" | "report-then-heal" | "heal";

/** What an Application's annotations say about drift. Times in milliseconds; undefined where the installation decides. */
export interface DriftWishes {
  readonly mode: DriftMode;
  readonly every: number | undefined;
  readonly jitter: number | undefined;
  readonly grace: number | undefined;
  /** One sentence for each annotation that cannot be used as it is. */
  readonly problems: readonly string[];
}

const driftAnnotations = {
  /** `heal` is what selfHeal: true means, `report` what false means; `report-then-heal` tells people first. */
  mode: "fairlead.dev/drift-mode",
  /** Durations such as `10m` or `1h30m`. */
  interval: "fairlead.dev/drift-interval",
  jitter: "fairlead.dev/drift-jitter",
  grace: "fairlead.dev/drift-grace",
} as const;

const modes: readonly DriftMode[] = ["report", "report-then-heal", "heal"];
const leastInterval = 60_000;

/** Annotations may make an Application more careful than its `selfHeal` says, never less: healing needs `selfHeal: true`. */
export const driftWishes = ({ annotations, syncPolicy }: Pick<Application, "annotations" | "syncPolicy">): DriftWishes => {
  const problems: string[] = [];
  const selfHeal = syncPolicy.automated?.selfHeal ?? false;
  const duration = (name: string, least: number): number | undefined => {
    const text = annotations[name];
    if (text === undefined) return undefined;
    const read = goDuration(text.trim());
    if (read !== undefined && read >= least) return read;
    problems.push(
      `metadata.annotations["${name}"] is ${JSON.stringify(text)}; write a duration${least > 0 ? " of 1m or more" : ""} such as 10m, until then the installation's holds`,
    );
    return undefined;
  };
  const mode = (): DriftMode => {
    const bySelfHeal = selfHeal ? "heal" : "report";
    const text = annotations[driftAnnotations.mode];
    if (text === undefined) return bySelfHeal;
    const known = modes.find((each) => each === text.trim());
    if (known === undefined) {
      problems.push(
        `metadata.annotations["${driftAnnotations.mode}"] is ${JSON.stringify(text)}; write ${modes.join(", ")}, until then spec.syncPolicy.automated.selfHeal decides (${bySelfHeal})`,
      );
      return bySelfHeal;
    }
    if (known === "report" || selfHeal) return known;
    problems.push(
      `metadata.annotations["${driftAnnotations.mode}"] is ${known} and needs spec.syncPolicy.automated.selfHeal: true; until then drift is only reported`,
    );
    return "report";
  };
  return {
    mode: mode(),
    every: duration(driftAnnotations.interval, leastInterval),
    jitter: duration(driftAnnotations.jitter, 0),
    grace: duration(driftAnnotations.grace, 0),
    problems,
  };
};
