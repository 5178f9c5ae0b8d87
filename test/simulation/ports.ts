import type { RequestBudget } from "../../shared/model/request-budget.ts";
import type { Artifacts } from "../../shared/ports/artifacts.ts";
import type { Cage } from "../../shared/ports/cage.ts";
import type { Charts } from "../../shared/ports/charts.ts";
import type { SteadyClock } from "../../shared/ports/clock.ts";
import type { Clusters } from "../../shared/ports/cluster.ts";
import type { Git } from "../../shared/ports/git.ts";
import type { Journal } from "../../shared/ports/journal.ts";
import type { Queue } from "../../shared/ports/queue.ts";
import type { Secrets } from "../../shared/ports/secrets.ts";
import type { Slack } from "../../shared/ports/slack.ts";
import type { Table } from "../../shared/ports/table.ts";
import type { QueueName } from "./faults.ts";

/** All ports of one invocation, each behind the gate. */
export interface Ports {
  readonly table: Table;
  readonly artifacts: Artifacts;
  readonly git: Git;
  readonly charts: Charts;
  readonly cage: Cage;
  readonly clusters: Clusters;
  readonly clusterNames: readonly string[];
  readonly secrets: Secrets;
  readonly slack: Slack;
  readonly clock: SteadyClock;
  readonly journal: Journal;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** A new random name per call. */
  readonly newName: () => string;
  /** From 0 to 1. */
  readonly chance: () => number;
  /** What a cluster may be asked, where it is not as usual. */
  readonly requestBudget: RequestBudget | undefined;
  /** For how long a step begins things, where it is not as usual, ms. */
  readonly stepTime: number | undefined;
  queue<M>(name: QueueName): Queue<M>;
  /** Whether a control repository is declared. */
  readonly control: boolean;
  /** Whether history is looked through with every piece of news. */
  readonly cleansAlways: boolean;
}
