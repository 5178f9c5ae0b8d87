/**
 * A whole stack whose functions have a small disk; prints a line when each thing is seen.
 * Arguments: their /tmp, a kubeconfig, a namespace. Only root mounts a disk, so this runs in a user namespace of its own.
 */
import { randomBytes } from "node:crypto";
import { applicationYaml, configMapYaml } from "./declarations.ts";
import { eventually } from "./eventually.ts";
import { control } from "./fleet.ts";
import { startRunningStack } from "./running-stack.ts";
import { linesOf, synced } from "./stack-reading.ts";

const [temporary = "", kubeconfig = "", namespace = ""] = process.argv.slice(2);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const declared = (name: string) => applicationYaml(name, { repository: `disk/${name}`, path: "app", namespace });
const manifest = (name: string, step: string) => ({ [`app/${name}.yaml`]: configMapYaml(name, { step }) });

const stack = await startRunningStack([{ name: "harbor", kubeconfig }], { temporary });
try {
  const small = await stack.push("disk/small", manifest("small", "1"));
  await stack.push("disk/large", { ...manifest("large", "1"), "app/large.bin": randomBytes(12_000_000) });
  await stack.push(control, { "small.yaml": declared("small"), "large.yaml": declared("large") });
  const told = await eventually("the full disk", () => linesOf(stack, "repository-unreachable")[0]);
  say(String(told.reason));
  await synced(stack, "small", small);
  say("what fits is synced");
  const fits = await stack.push("disk/large", { ...manifest("large", "2"), "app/large.bin": null });
  await synced(stack, "large", fits);
  say("the next commit is synced");
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
} finally {
  await stack.stop();
}
process.exit(0);
