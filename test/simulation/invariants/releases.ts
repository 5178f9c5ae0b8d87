import type { Report } from "../invariant.ts";
import type { Observer } from "../observation.ts";

/** While two releases run side by side, or one is taken back, what the newer one wrote stays until it runs again. */
export const watchReleases = (report: Report): Observer => ({
  newerOverwritten: ({ pk, sk }) => report("an old release never writes over what a newer one wrote", `${pk}/${sk}`),
});
