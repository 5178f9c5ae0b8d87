import type { OfferedAction } from "../../shared/actions/action.ts";
import type { Json } from "../../shared/model/json.ts";
import { describeKey, parseKey, type ResourceKey } from "../../shared/model/resource-key.ts";
import { type Found, findApplication } from "../applications.ts";
import { type Command, CommandError, type Stack, UsageError } from "../command.ts";
import { columns, oneLine } from "../layout.ts";
import { describeObjects } from "../objects.ts";
import { selectObjects } from "../selection.ts";

export const actions: Command = {
  name: "actions",
  parameters: "APPLICATION [OBJECT]",
  summary: "List what can be done to live objects: restart, scale, promote and the like",
  details: "OBJECT: KIND/NAME, or GROUP/KIND:NAMESPACE/NAME. An installation's own actions (argocd-cm) are among them.",
  options: {},
  run: async ({ parameters: [name = "", text] }, world) => {
    const stack = await world.stack();
    const found = await findApplication(stack.table, name);
    const objects = await objectsOf(found, text, stack);
    const offered = await stack.offeredActions(name, objects, found.state);
    const [refused] = offered.flatMap((each) => ("refused" in each ? [each.refused] : []));
    if (text !== undefined && refused !== undefined) throw new CommandError(refused);
    const listed = offered.flatMap((each) => ("actions" in each ? each.actions.map((one) => ({ object: each.object, ...one })) : []));
    if (listed.length === 0) return { text: "No actions.", json: [] };
    const rows = listed.map((one) => [describeKey(one.object), one.name, parametersOf(one), oneLine(one.disabled ?? "", 100)]);
    const json: Json = JSON.parse(JSON.stringify(listed));
    return { text: columns([["OBJECT", "ACTION", "PARAMETERS", "NOT NOW, BECAUSE"], ...rows]), json };
  },
};

export const action: Command = {
  name: "action",
  parameters: "APPLICATION OBJECT ACTION",
  summary: "Do one of them",
  details: [
    "OBJECT: KIND/NAME, or GROUP/KIND:NAMESPACE/NAME. fairlead actions APPLICATION lists objects and actions.",
    "What it changes is not in Git: where it moves a field that Git gives, self-heal puts that back.",
  ].join("\n"),
  options: { param: { type: "string", multiple: true, short: "p", about: "a parameter as name=value; may be given more than once" } },
  run: async ({ parameters: [name = "", text = "", what = ""], texts }, world) => {
    const parameters = Object.fromEntries(texts("param").map(readParameter));
    const stack = await world.stack();
    const found = await findApplication(stack.table, name);
    const [object, ...more] = await objectsOf(found, text, stack);
    if (object === undefined || more.length > 0)
      throw new UsageError(`${text} names ${more.length + 1} objects; write GROUP/KIND:NAMESPACE/NAME`);
    const results = await stack.runAction({ application: name, object, action: what, parameters }, found.state);
    const failed = results.some(({ code }) => code === "SyncFailed");
    const json: Json = JSON.parse(JSON.stringify({ application: name, action: what, results }));
    return { text: describeObjects(results).join("\n"), json, ...(failed ? { exitCode: 1 } : {}) };
  },
};

/** Objects of the Application; one written in full may be what an object of it made, such as a Job of its CronJob. */
const objectsOf = async ({ application, state }: Found, text: string | undefined, stack: Stack): Promise<readonly ResourceKey[]> => {
  const keys = (await stack.preview(application, state)).results.map(({ key }) => key);
  if (text === undefined) return keys;
  const full = parseKey(text);
  try {
    return selectObjects(application.name, [text], keys, "OBJECT").map((object) => ({ namespace: "", ...object }));
  } catch (error) {
    if (full && error instanceof CommandError) return [full];
    throw error;
  }
};

const readParameter = (text: string): readonly [string, string] => {
  const at = text.indexOf("=");
  if (at < 1) throw new UsageError(`--param ${text} is none; write name=value`);
  return [text.slice(0, at), text.slice(at + 1)];
};

const parametersOf = ({ parameters }: OfferedAction): string => parameters.map((name) => `${name}=…`).join(" ");
