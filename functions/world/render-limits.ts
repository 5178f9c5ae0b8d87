import type { Installation } from "../../shared/config/schema.ts";
import type { CageLimits } from "../../shared/ports/cage.ts";

/** Of one run of a tool, as the installation file has them. */
export const renderLimitsOf = ({ limits }: Installation): CageLimits => ({
  seconds: limits.renderSeconds,
  outputBytes: limits.renderBytes,
});
