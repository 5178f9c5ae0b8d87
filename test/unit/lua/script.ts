import { runLua } from "../../../shared/lua/run-lua.ts";
import { Failure } from "../../../shared/model/failure.ts";
import type { Json } from "../../../shared/model/json.ts";

const noon = Date.UTC(2026, 0, 31, 12, 30, 5);
const source = "argocd-cm resource.customizations.health.batch_Job";

/** What a script returns for `obj`; its clock stands still. */
export const run = (lua: string, obj: Json = {}): Json | undefined => runLua({ source, lua }, { obj, now: () => noon });

/** The code and the sentence that a script ends with. */
export const failureOf = (lua: string, obj: Json = {}): string => {
  try {
    run(lua, obj);
  } catch (error) {
    if (error instanceof Failure) return `${error.code} ${error.message}`;
    throw error;
  }
  return "none";
};

export { source };
