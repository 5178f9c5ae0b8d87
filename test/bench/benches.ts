import { closureCheck } from "./closure-check.ts";
import { compare } from "./compare.ts";
import { createAndResync } from "./create-1000.ts";
import { deadWorker } from "./dead-worker.ts";
import { editToHealed } from "./edit-to-healed.ts";
import { fanoutOverlays, fanoutSame } from "./fanout-500.ts";
import { fanoutWorkers } from "./fanout-workers.ts";
import { heal100 } from "./heal-100.ts";
import { healthRules } from "./health-rules.ts";
import { herd1000 } from "./herd-1000.ts";
import { memory } from "./memory.ts";
import { monorepo } from "./monorepo-1000.ts";
import { planner } from "./planner-10000.ts";
import { preflightAndCreate } from "./preflight-1000.ts";
import { pushToApply } from "./push-to-apply.ts";
import { quietTeam } from "./quiet-team.ts";
import type { Bench } from "./result.ts";
import { webhook } from "./webhook.ts";
import { webhookLocal } from "./webhook-local.ts";

/** By the names under which results are quoted. A bench may give results of several names. */
export const benches: Readonly<Record<string, Bench>> = {
  "create-1000": createAndResync,
  "push-to-apply": pushToApply,
  "compare-1000": compare(1_000),
  "compare-10000": compare(10_000),
  "heal-100-of-10000": heal100,
  "edit-to-healed": editToHealed,
  "monorepo-1000": monorepo,
  "fanout-500-same": fanoutSame,
  "fanout-500-overlays": fanoutOverlays,
  "fanout-500-workers": fanoutWorkers,
  webhook: async () => [...(await webhook()), ...(await webhookLocal())],
  memory,
  "closure-check": closureCheck,
  "preflight-1000": preflightAndCreate,
  "planner-10000": planner,
  "health-rules": healthRules,
  "dead-worker": deadWorker,
  "quiet-team": quietTeam,
  "herd-1000": herd1000,
};

/** Results that a bench of another name gives besides its own. */
const givenBy: Readonly<Record<string, string>> = {
  "resync-1000": "create-1000",
  "webhook-local": "webhook",
  "quiet-team-here": "quiet-team",
};

/** The bench behind a name under which a result is quoted; undefined for a name that nobody quotes. */
export const benchNamed = (name: string): string | undefined => {
  const bench = givenBy[name] ?? name;
  return Object.hasOwn(benches, bench) ? bench : undefined;
};
