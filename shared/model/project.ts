import type { JsonObject } from "./json.ts";

/** An AppProject as declared. Its rules are kept as written and enforced when projects come. */
export interface Project {
  readonly name: string;
  readonly description: string;
  readonly spec: JsonObject;
}

/** Exists without being declared, as in Argo CD, and may be declared to give it rules. */
export const defaultProject = "default";
