import { isJsonObject, type Json, type JsonObject } from "../../../shared/model/json.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { describeKey, keyOf } from "../../../shared/model/resource-key.ts";
import type { Observer } from "../observation.ts";

/** What was named as left behind by Applications of which nothing is known since then. */
export interface LeftBehind extends Observer {
  has(application: string, object: Manifest): boolean;
}

export const watchLeftBehind = (): LeftBehind => {
  const named = new Map<string, readonly unknown[]>();
  return {
    has: (application, object) => named.get(application)?.includes(describeKey(keyOf(object))) === true,
    told: (line) => {
      const [event, facts] = [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" "))];
      if (event !== "left-behind") return;
      const { application, objects } = objectOf(JSON.parse(facts));
      if (typeof application === "string" && Array.isArray(objects)) named.set(application, objects);
    },
    tableWritten: (_, after) => {
      if (after?.sk === "state") named.delete(after.pk.slice("app#".length));
    },
  };
};

const objectOf = (value: Json): JsonObject => (isJsonObject(value) ? value : {});
