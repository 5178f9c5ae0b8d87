import { describeKey } from "../../shared/model/resource-key.ts";
import { findApplication } from "../applications.ts";
import type { Command } from "../command.ts";

export const orphans: Command = {
  name: "orphans",
  parameters: "APPLICATION",
  summary: "List objects in an Application's namespaces that no Application owns",
  details:
    "Looks at every kind that the cluster serves, names only, and deletes nothing. What the project's orphanedResources.ignore names is left out. Ends with 1 when there are any.",
  options: {},
  run: async ({ parameters: [name = ""] }, world) => {
    const stack = await world.stack();
    const { application, state } = await findApplication(stack.table, name);
    const { namespaces, orphans: found, unseen } = await stack.orphans(application, state);
    const where = namespaces.length === 0 ? "it has no namespaces" : `looked in ${namespaces.join(", ")}`;
    const lines = [
      ...(found.length === 0 ? [`No orphans; ${where}.`] : found.map(describeKey)),
      ...(unseen.length === 0 ? [] : [`Not seen, because the cluster forbids it: ${unseen.join(", ")}`]),
    ];
    const json = { application: name, namespaces: [...namespaces], orphans: found.map((key) => ({ ...key })), unseen: [...unseen] };
    return { text: lines.join("\n"), json, ...(found.length === 0 ? {} : { exitCode: 1 }) };
  },
};
