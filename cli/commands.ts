import type { Command } from "./command.ts";
import { diff } from "./commands/diff.ts";
import { history } from "./commands/history.ts";
import { startCluster, stopCluster } from "./commands/local.ts";
import { manifests } from "./commands/manifests.ts";
import { status } from "./commands/status.ts";
import { approve, sync } from "./commands/sync.ts";

/** In the order of the help. */
export const commands: readonly Command[] = [status, history, manifests, diff, sync, approve, stopCluster, startCluster];
