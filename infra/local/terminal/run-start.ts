import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { JsonObject } from "../../../shared/model/json.ts";
import { isAtRest, type Ship } from "../stack/fleet.ts";
import { type Stack, startStack } from "../stack/start-stack.ts";
import { runTour } from "../tour/run-tour.ts";
import type { StartOptions } from "./arguments.ts";
import { clonePlace } from "./clone-place.ts";
import { onEnding } from "./ending.ts";
import { journalFile } from "./journal-file.ts";
import { type Output, outputForPeople, outputForPrograms } from "./output.ts";
import { type Paint, painter, wantsColours } from "./paint.ts";
import { screenOn } from "./screen.ts";
import { welcome } from "./welcome.ts";

/** Starts the stack and stays until somebody ends it; with --demo until the tour is over. Ends this process. */
export const runStart = async (options: StartOptions): Promise<void> => {
  const paint = painter(!options.json && wantsColours(process.stdout, process.env));
  let stack: Stack | undefined;
  const output = options.json
    ? outputForPrograms((line) => process.stdout.write(`${line}\n`))
    : outputForPeople(screenOn(process.stdout), paint, async () => stack?.fleet.names() ?? []);
  const folder = await folderFor(options);

  let ending = false;
  const end = async (exitCode: number): Promise<void> => {
    if (ending) return;
    ending = true;
    if (stack) {
      const kept = folder.temporary ? "" : `; what it holds stays in ${folder.path}`;
      await output.say([paint("quiet", `Ending what was started${kept}. Ctrl-C again does not wait.`)], { event: "ending" });
      await stack.stop();
    }
    process.exit(exitCode);
  };
  onEnding(() => void end(options.demo ? 130 : 0));

  try {
    stack = await startStack({ ...stackOptions(options, folder.path), onStep: output.step, onLine: bothTo(folder.path, output) });
    output.up();
    await greet(stack, options, output, paint, folder.temporary);
  } catch (error) {
    output.up();
    if (ending) return;
    const message = messageOf(error);
    await output.say([`${paint("bad", "✖")} ${message}`], { event: "start-failed", message });
    return end(1);
  }
  if (!options.demo) return;
  const seen = await runTour(stack, output, paint);
  if (ending) return;
  if (!seen) {
    folder.keep();
    await output.say([`  ${join(folder.path, "journal.jsonl")} says what happened`], { event: "kept", folder: folder.path });
  }
  return end(seen ? 0 : 1);
};

const stackOptions = ({ kubeconfig, context, config, uncaged }: StartOptions, folder: string) => ({
  folder,
  uncaged,
  ...(kubeconfig !== undefined && { ownCluster: { file: kubeconfig, ...(context !== undefined && { context }) } }),
  ...(config !== undefined && { installation: config }),
});

interface Folder {
  readonly path: string;
  readonly temporary: boolean;
  /** Something went wrong that people may want to look into. */
  keep(): void;
}

/** The tour starts from nothing, unless it was told where; what it leaves in a folder of its own goes with it. */
const folderFor = async ({ demo, folder, folderGiven }: StartOptions): Promise<Folder> => {
  if (!demo || folderGiven) return { path: folder, temporary: false, keep: () => {} };
  const path = await mkdtemp(join(tmpdir(), "fairlead-demo-"));
  let kept = false;
  process.on("exit", () => {
    if (!kept) rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });
  return {
    path,
    temporary: true,
    keep: () => {
      kept = true;
    },
  };
};

/** Events come once the folder is ours, so the file is opened with the first. */
const bothTo = (folder: string, output: Output): ((event: JsonObject) => void) => {
  let write: ReturnType<typeof journalFile> | undefined;
  return (event) => {
    write ??= journalFile(join(folder, "journal.jsonl"));
    write(event);
    output.event(event);
  };
};

const greet = async (stack: Stack, options: StartOptions, output: Output, paint: Paint, temporary: boolean): Promise<void> => {
  const { git, webhook, slack, clusters, folders, missingSecrets } = stack;
  const { addresses, tries } = welcome({
    stack,
    clone: await clonePlace(git.remote),
    sample: options.config === undefined,
    temporary,
    ownCluster: options.kubeconfig !== undefined,
    here: process.cwd(),
    paint,
  });
  const kubeconfigs = Object.fromEntries(clusters.map(({ name, kubeconfig }) => [name, kubeconfig]));
  await output.say(addresses, {
    event: "ready",
    git: git.remote,
    webhook: webhook ?? null,
    slack: slack.url,
    kubeconfigs,
    folder: folders.root,
    missingSecrets: [...missingSecrets],
  });
  if (!options.demo) void tellWhenAtRest(stack, output, paint, tries);
};

/** What to try comes last, so that the first syncs do not push it off the screen. */
const tellWhenAtRest = async ({ fleet }: Stack, output: Output, paint: Paint, tries: readonly string[]): Promise<void> => {
  const ships = await fleetAtRest(() => fleet.ships().catch(() => []));
  const rest = isAtRest(ships) ? [paint("good", `All ${ships.length} Applications are synced and healthy.`)] : [];
  await output.say([...rest, ...tries], { event: "fleet", applications: ships.map((ship) => ({ ...ship })) });
};

const patience = { between: 700, looks: 60 } as const;

/** Twice the same number, since Applications declare others. */
const fleetAtRest = async (look: () => Promise<readonly Ship[]>): Promise<readonly Ship[]> => {
  let before = -1;
  let ships: readonly Ship[] = [];
  for (let number = 0; number < patience.looks; number += 1) {
    ships = await look();
    const count = isAtRest(ships) ? ships.length : -1;
    if (count > 0 && count === before) return ships;
    before = count;
    await delay(patience.between);
  }
  return ships;
};

/** A sentence for what was foreseen; for a mistake of ours where it happened. */
const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const foreseen = error.name === "Error" || error.name === "Failure" || error.name === "InvocationFailed";
  return foreseen ? error.message : (error.stack ?? error.message);
};
