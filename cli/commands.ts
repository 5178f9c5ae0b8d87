import type { Command } from "./command.ts";
import { action, actions } from "./commands/actions.ts";
import { approve } from "./commands/approve.ts";
import { deadLetters, redrive } from "./commands/dead-letters.ts";
import { diff } from "./commands/diff.ts";
import { history } from "./commands/history.ts";
import { startCluster, stopCluster } from "./commands/local.ts";
import { manifests } from "./commands/manifests.ts";
import { orphans } from "./commands/orphans.ts";
import { rollback } from "./commands/rollback.ts";
import { status } from "./commands/status.ts";
import { sync } from "./commands/sync.ts";
import { terminate } from "./commands/terminate.ts";

/** In the order of the help. */
export const commands: readonly Command[] = [
  status,
  history,
  manifests,
  diff,
  sync,
  terminate,
  rollback,
  approve,
  actions,
  action,
  orphans,
  deadLetters,
  redrive,
  stopCluster,
  startCluster,
];
