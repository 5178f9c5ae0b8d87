import type { Json } from "../../shared/model/json.ts";
import type { Test } from "../../shared/ports/table.ts";

/** Whether one attribute is as a condition wants it, as DynamoDB judges. */
export const holds = (test: Test, value: Json | undefined): boolean => {
  if ("equals" in test) return value === test.equals;
  if ("differs" in test) return value !== test.differs;
  if ("absent" in test) return value === undefined;
  if ("present" in test) return value !== undefined;
  if ("absentOr" in test) return value === undefined || value === test.absentOr;
  if ("absentOrAtMost" in test) return value === undefined || (typeof value === "number" && value <= test.absentOrAtMost);
  if ("below" in test) return typeof value === "number" && value < test.below;
  return typeof value === "number" && value >= test.atLeast;
};
