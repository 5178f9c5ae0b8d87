import type { JsonObject } from "../model/json.ts";

/** What the functions tell their operators: one JSON line per event on standard output, CloudWatch's on AWS, the terminal's on one machine. */
export interface Journal {
  tell(event: string, facts: JsonObject): void;
}
