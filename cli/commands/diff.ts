import type { Json } from "../../shared/model/json.ts";
import { findApplication } from "../applications.ts";
import type { Command } from "../command.ts";
import { describeObjects } from "../objects.ts";

export const diff: Command = {
  name: "diff",
  parameters: "APPLICATION",
  summary: "Show what a sync would change in the cluster",
  details:
    "Changes nothing. Ends with 1 when something differs, as kubectl diff does. Each field: live value → value in Git (who moved it).",
  options: {},
  run: async ({ parameters: [name = ""] }, world) => {
    const stack = await world.stack();
    const { application, state } = await findApplication(stack.table, name);
    const { results, registered } = await stack.preview(application, state);
    const different = results.filter(({ action }) => action !== "unchanged");
    const elsewhere =
      registered === 0 ? [] : [`${registered} objects declare Applications, projects or settings; fairlead status shows them.`];
    const lines = different.length === 0 ? [`${results.length} objects, no differences.`] : describeObjects(different);
    const json: Json = JSON.parse(JSON.stringify({ application: name, objects: results.length, registered, different }));
    return { text: [...lines, ...elsewhere].join("\n"), json, ...(different.length === 0 ? {} : { exitCode: 1 }) };
  },
};
