import type { Item } from "../../shared/ports/table.ts";

/** All that is left of what holders of a lease wrote, when its Application is forgotten. */
export const isBareFence = ({ pk, sk, v, fence, revision, noted, forgotten, ...rest }: Item): boolean =>
  (sk === "inventory" || sk === "operation") && fence !== undefined && Object.keys(rest).length === 0;
