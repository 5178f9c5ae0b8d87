import type { Json } from "../../shared/model/json.ts";
import type { ObjectResult } from "../../shared/model/operation.ts";
import { describeKey, formatKey } from "../../shared/model/resource-key.ts";
import { selectorOf } from "../../shared/model/sync-request.ts";
import { readSelection } from "../../shared/state/selections.ts";
import type { TryOut, TryOutSubject } from "../../shared/sync/try-out.ts";
import type { Answer, Stack } from "../command.ts";
import { oneLine } from "../layout.ts";
import { describeObjects } from "../objects.ts";

/** What a sync would do, and what of it the server refuses. Writes nothing. */
export const trySync = async (subject: TryOutSubject, stack: Stack): Promise<Answer> => {
  const { application, state, request } = subject;
  const { results } = await stack.preview(application, state);
  const tried = await stack.tryOut(subject);
  const isAsked = selectorOf(await readSelection(stack.table, application.name, request.resources));
  const asked = results.filter(({ key }) => isAsked(key)).map((result) => asTried(result, tried));
  const changes = asked.filter(({ action, code }) => action !== "unchanged" && code !== "SyncFailed");
  const { refused } = tried;
  const lines = [
    ...(changes.length === 0 ? [`${asked.length} objects, nothing would change.`] : ["Would change:", ...describeObjects(changes)]),
    ...(tried.hooks.length === 0 ? [] : ["Hooks that would run:", ...tried.hooks.map(hookLine)]),
    ...(refused.length === 0
      ? ["The server would take all of it. Nothing was written."]
      : [
          "The server would refuse, and nothing would be changed:",
          ...refused.map(({ key, message }) => refusal(describeKey(key), message)),
        ]),
  ];
  const json: Json = JSON.parse(
    JSON.stringify({ application: application.name, objects: asked.length, changes, hooks: tried.hooks, refused }),
  );
  return { text: lines.join("\n"), json, ...(refused.length > 0 ? { exitCode: 1 } : {}) };
};

/** The preview shows what Git no longer has as deleted; the sync asked for may leave it. */
const asTried = (result: ObjectResult, { pruned, refused }: TryOut): ObjectResult => {
  const is = ({ key }: { readonly key: ObjectResult["key"] }) => formatKey(key) === formatKey(result.key);
  const bad = refused.find(is);
  if (bad) return bad;
  if (result.action !== "deleted" || pruned.some((key) => is({ key }))) return result;
  return { key: result.key, action: "skipped", code: "PruneSkipped", message: "is no longer in Git and would stay (--prune deletes it)" };
};

const hookLine = ({ phase, wave, key }: TryOut["hooks"][number]): string => `  ${phase}, wave ${wave}: ${describeKey(key)}`;

const refusal = (object: string, message = "no reason was given"): string =>
  `  ${oneLine(message.startsWith(object) ? message : `${object}: ${message}`, 600)}`;
