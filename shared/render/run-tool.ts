import { assertNever, Failure } from "../model/failure.ts";
import type { CageFile, CageLimit, CageLimits, CageTool } from "../ports/cage.ts";
import type { Workbench } from "./renderer.ts";

/** Where the source's files stand in the work folder, and where those of `$ref` sources. */
export const sourceFolder = "source";
export const refFolder = (name: string): string => `refs/${name}`;

/** From a source's folder to the work folder. */
export const upFrom = (path: string): string => "../".repeat(1 + (path === "" ? 0 : path.split("/").length));

export interface ToolCall {
  readonly tool: CageTool;
  readonly arguments: readonly string[];
  /** The source's path: where the tool starts. */
  readonly path: string;
  readonly files: readonly CageFile[];
  /** Turns the tool's complaint, with paths relative to the repository, into one sentence. */
  readonly explain: (complaint: string) => string;
}

/**
 * Runs a tool over a source in the cage and gives what it printed.
 * @throws Failure RenderFailed in the tool's words made readable, RenderKilled for time and memory, LimitExceeded for output, CageUnavailable.
 */
export const runTool = async (call: ToolCall, { cage, limits, tenant, bundle, refs }: Workbench): Promise<string> => {
  const { tool, path } = call;
  const answer = await cage.run({
    tenant,
    tool,
    arguments: call.arguments,
    folder: path === "" ? sourceFolder : `${sourceFolder}/${path}`,
    bundles: [{ ...bundle, at: sourceFolder }, ...[...refs].map(([name, ref]) => ({ ...ref.bundle, at: refFolder(name) }))],
    files: call.files,
    limits,
  });
  switch (answer.state) {
    case "done":
      return answer.output;
    case "failed":
      throw new Failure("RenderFailed", path, oneSentence(call.explain(readable(answer.stderr))));
    case "killed":
      throw killed(tool, path, answer.limit, limits);
    case "refused":
      throw new Failure("RenderFailed", path, oneSentence(`${tool} could not be run for ${path}: ${answer.reason}`));
    default:
      return assertNever(answer);
  }
};

const killed = (tool: CageTool, path: string, limit: CageLimit, limits: CageLimits): Failure => {
  const name = tool === "helm" ? "Helm" : "Kustomize";
  switch (limit) {
    case "time":
      return new Failure(
        "RenderKilled",
        path,
        `${name} did not finish ${path} within ${limits.seconds} s (limits.renderSeconds); look for templates that loop or patches that explode`,
      );
    case "memory":
      return new Failure(
        "RenderKilled",
        path,
        `${name} needed more memory for ${path} than a render may have; make the source smaller or split it`,
      );
    case "disk":
      return new Failure(
        "RenderKilled",
        path,
        `The files of ${path} are more than the disk of a render holds; make the source smaller or split it`,
      );
    case "output":
      return new Failure(
        "LimitExceeded",
        path,
        `${name} printed more than ${Math.floor(limits.outputBytes / 1024 / 1024)} MB for ${path} (limits.renderBytes); split the source`,
      );
    default:
      return assertNever(limit);
  }
};

/** Paths as people know them, and nothing that would play tricks with a terminal or a page. */
const readable = (stderr: string): string =>
  stderr
    .replaceAll(`${sourceFolder}/`, "")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are to go.
    .replace(/\u001b\[[0-9;]*[A-Za-z]|[\u0000-\u0008\u000b-\u001f\u007f]/g, "")
    .trim();

const longest = 1_000;

const oneSentence = (text: string): string => {
  const flat = text.replace(/\s+/g, " ").trim();
  return flat.length > longest ? `${flat.slice(0, longest)}…` : flat;
};
