import { digestOf } from "../model/digest.ts";
import { Failure } from "../model/failure.ts";
import type { RenderInput } from "../model/render-input.ts";
import { readStates } from "../state/application-state.ts";
import type { RenderMessage } from "../state/messages.ts";
import { countKilled, type RenderOutcome, readRender, recordRender } from "../state/renders.ts";
import type { RenderWorld } from "./ports.ts";
import { renderSources } from "./render-sources.ts";

/**
 * Render: from files to manifests. An input (files, options, tool versions) that was rendered before is looked up; an unknown one is rendered in the
 * cage, where the tools and what people wrote for them have no power, and kept under the digest of what came out. Where two race, or a chart renders
 * differently each time, the first outcome stands. What is wrong with the sources is an outcome, too: the same broken commit is not rendered again.
 */
export const renderInput = async ({ input, applications, limits: asked }: RenderMessage, world: RenderWorld): Promise<void> => {
  const { table, limits } = world;
  const [states, known] = await Promise.all([readStates(table, applications, leaveOut), readRender(table, input, limits)]);
  const projectOf = (application: string): string => states.get(application)?.project ?? "default";

  const outcome = known ?? (await recordRender(table, input, await renderNow(input, projectOf(applications[0] ?? ""), world), limits));

  world.journal.tell("rendered", { input, known: known !== undefined, applications, ...outcome });
  // Sync reads the outcome itself, also a failed one, and tells people.
  const isMoot = asked !== undefined && (await readRender(table, input, asked)) === undefined;
  const later = isMoot ? { delaySeconds: updateLasts } : {};
  await world.syncs.send(applications.map((application) => ({ body: { v: 1, application }, group: projectOf(application), ...later })));
};

/** Seconds. While an update is under way, sync may know other limits than this function: it asks again, but the two do not play ping-pong. */
const updateLasts = 60;

/** Its own sync says why. */
const leaveOut = () => undefined;

/** A busy machine may end a render once or twice; what runs out of time or memory every time is its owner's to hear of. */
const killsBorne = 3;

/** Retryable trouble is thrown, so that the message comes back; so is a lost artifact, which says nothing about the sources. */
const renderNow = async (digest: string, project: string, world: RenderWorld): Promise<RenderOutcome> => {
  try {
    const output = await renderSources(await readInput(digest, world), project, world);
    const bytes = Buffer.from(JSON.stringify(output));
    const outputDigest = digestOf(bytes);
    await world.artifacts.put(`manifests/${outputDigest}`, bytes);
    return { kind: "rendered", output: outputDigest, objects: output.manifests.length };
  } catch (error) {
    if (!(error instanceof Failure) || error.code === "ArtifactMissing") throw error;
    const hopeless = error.code === "RenderKilled" && (await countKilled(world.table, digest, world.limits)) >= killsBorne;
    if (error.retry && !hopeless) throw error;
    return { kind: "failed", code: error.code, subject: error.subject, message: error.message };
  }
};

/** Our own artifact, so its shape is trusted, its version is not. */
const readInput = async (digest: string, world: RenderWorld): Promise<RenderInput> => {
  const key = `inputs/${digest}`;
  const bytes = await world.artifacts.get(key);
  if (!bytes)
    throw new Failure(
      "ArtifactMissing",
      key,
      `${key} is not in the artifact store any more; refresh the Application to fetch its sources again`,
    );
  const input: RenderInput = JSON.parse(Buffer.from(bytes).toString("utf8"));
  if (input.v !== 1) throw new Failure("MessageInvalid", key, `${key} was written by a newer version; update the render function`);
  return input;
};
