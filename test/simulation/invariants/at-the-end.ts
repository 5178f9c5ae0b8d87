import type { Doings } from "../doings.ts";
import type { Report } from "../invariant.ts";
import type { World } from "../world.ts";
import type { Watch } from "./always.ts";

export const checkEnd = (_world: World, _doings: Doings, _watch: Watch, _report: Report): void => undefined;
