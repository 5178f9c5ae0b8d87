import { parseSyncOptions } from "../../shared/argocd/sync-options.ts";
import type { Application } from "../../shared/model/application.ts";
import type { SyncRequest } from "../../shared/model/sync-request.ts";
import type { ApplicationState } from "../../shared/state/application-state.ts";
import { isAwaitingGit } from "../../shared/state/renewal.ts";
import { wish } from "../../shared/state/wishes.ts";
import { type Found, findApplication } from "../applications.ts";
import { ask, endOfSync, timeoutOf, waiting } from "../asking.ts";
import { type Command, type Given, type Stack, UsageError } from "../command.ts";
import { selectObjects } from "../selection.ts";
import { trySync } from "./try-sync.ts";

export const sync: Command = {
  name: "sync",
  parameters: "APPLICATION",
  summary: "Bring the cluster to what Git says, now",
  details: [
    "Works with auto-sync off, too, and ends a rollback. Ends with 1 when the sync fails, or is held up by a sync window.",
    "With --resource only those objects are synced, without hooks: KIND/NAME, or GROUP/KIND:NAMESPACE/NAME.",
    "With --revision it goes to that branch, tag or commit of its one source, and what it follows is held off as by a rollback.",
    "With --dry-run nothing is written: it shows what would change, asks the server whether it would take it, and ends with 1 when not.",
  ].join("\n"),
  options: {
    resource: { type: "string", multiple: true, short: "r", about: "only this object; may be given more than once" },
    revision: { type: "string", about: "another branch, tag or commit than the Application follows" },
    "dry-run": { type: "boolean", about: "change nothing, show what would happen" },
    prune: { type: "boolean", about: "also delete what Git no longer has" },
    force: { type: "boolean", about: "delete and create again what cannot be changed" },
    "no-hooks": { type: "boolean", about: "leave hooks out" },
    option: { type: "string", multiple: true, short: "o", about: "a sync option as Name=value, before those of the Application" },
    refresh: { type: "boolean", about: "look at the repositories again first" },
    ...waiting,
  },
  run: async (given, world) => {
    const { parameters, flag } = given;
    const [name = ""] = parameters;
    timeoutOf(given);
    const stack = await world.stack();
    const found = await findApplication(stack.table, name);
    const { application, state } = found;
    const request = await requestOf(given, world.user, found, stack);
    if (request.dryRun) return trySync({ application, state: { ...state, rollback: undefined }, request }, stack);
    // Whoever asks for what Git says does not want to be kept from it any more.
    const endsRollback = request.resources === undefined && state.rollback !== undefined;
    const change = {
      requested: request,
      asked: undefined,
      trigger: "manual" as const,
      ...(endsRollback && { rollback: undefined }),
      ...lookAnew(state, request),
    };
    await wish(stack.table, name, change, world.now());
    if (flag("refresh") || state.sourceError !== undefined)
      await stack.pushes.send([{ body: { v: 1, kind: "application", application: name }, group: application.project }]);
    return ask(stack, world, given, { name, what: `a sync of ${name}`, before: state, ended: endOfSync(name, state, world.now) });
  },
};

/** What broke the sources may be mended: the sync waits for what fetch says of them now. A part, or another revision, does not depend on it. */
const lookAnew = (state: ApplicationState, { resources, revision }: SyncRequest) =>
  state.sourceError !== undefined && !isAwaitingGit(state) && resources === undefined && revision === undefined
    ? { sourceError: undefined, input: undefined }
    : {};

const requestOf = async (given: Given, by: string, { application, state }: Found, stack: Stack) => {
  const { flag, texts } = given;
  const options = optionsOf(texts("option"), application);
  const named = texts("resource");
  const revision = revisionOf(given, application);
  const { results } = named.length === 0 ? { results: [] } : await stack.preview(application, state);
  const keys = results.map(({ key }) => key);
  const resources = named.length === 0 ? [] : selectObjects(application.name, named, keys);
  return {
    by,
    prune: flag("prune") || (application.syncPolicy.automated?.prune ?? false),
    dryRun: flag("dry-run"),
    ...(resources.length > 0 && { resources: [...resources] }),
    ...(revision !== undefined && { revision }),
    ...(options.length > 0 && { syncOptions: [...options] }),
    ...((flag("force") || flag("no-hooks")) && {
      strategy: { kind: flag("no-hooks") ? ("apply" as const) : ("hook" as const), force: flag("force") },
    }),
  } satisfies SyncRequest;
};

/** What fetch would have to look at first, or of what only a part would be held off, is refused. */
const revisionOf = ({ flag, text, texts }: Given, { name, sources }: Application): string | undefined => {
  const revision = text("revision");
  if (revision === undefined) return undefined;
  if (revision.trim() === "") throw new UsageError("--revision takes a branch, a tag or a commit");
  if (flag("dry-run")) throw new UsageError("--revision cannot be tried out: that revision is fetched and rendered by a sync only");
  if (texts("resource").length > 0) throw new UsageError("--revision goes for the whole Application; leave --resource out");
  if (sources.length > 1)
    throw new UsageError(
      `${name} has ${sources.length} sources, and --revision cannot name commits of all of them; change the Application`,
    );
  return revision.trim();
};

/** A request's options take the place of the Application's, so those that it does not name go with it; the first of a name counts. */
const optionsOf = (given: readonly string[], { syncPolicy }: Application): readonly string[] => {
  if (given.length === 0) return [];
  const [problem] = given.flatMap((entry) => parseSyncOptions([entry], "application", () => `--option ${entry}:`).warnings);
  if (problem !== undefined) throw new UsageError(problem);
  return [...given, ...syncPolicy.syncOptions];
};
