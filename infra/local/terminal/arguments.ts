import { parseArgs } from "node:util";
import { stackFolder } from "../stack-file.ts";

export interface StartOptions {
  readonly folder: string;
  /** False where the folder was not asked for: the tour then takes a fresh one. */
  readonly folderGiven: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly config?: string;
  readonly uncaged: boolean;
  readonly demo: boolean;
  readonly json: boolean;
}

export type StartArguments =
  | { readonly kind: "start"; readonly options: StartOptions }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly message: string };

const options = {
  demo: {
    type: "boolean",
    value: "",
    about: "play the tour by itself, with real pushes; exit code 0 only when each step was seen in the cluster",
  },
  json: { type: "boolean", value: "", about: "print one JSON object per event, for programs (npm start --silent -- --json)" },
  kubeconfig: { type: "string", value: "FILE", about: "use your own cluster instead of two of ours" },
  context: { type: "string", value: "NAME", about: "the context in that kubeconfig; default: its current one" },
  config: { type: "string", value: "FILE", about: "use your own installation file (fairlead.yaml) instead of the sample's" },
  folder: { type: "string", value: "DIR", about: `keep everything there; default: ${stackFolder}, with --demo a temporary one` },
  uncaged: { type: "boolean", value: "", about: "run charts and kustomizations with your own rights, where the kernel forbids namespaces" },
  help: { type: "boolean", value: "", about: "show this" },
} as const;

export const startHelp = (): string => {
  const rows = Object.entries(options).map(([name, { value, about }]) => [`  --${name}${value === "" ? "" : ` ${value}`}`, about] as const);
  const width = Math.max(...rows.map(([flag]) => flag.length)) + 2;
  return [
    "Starts Fairlead on this machine: two Kubernetes clusters, a Git server with a sample fleet, and the functions. Ctrl-C ends it all.",
    "",
    "Usage: npm start -- [OPTIONS]",
    "",
    ...rows.map(([flag, about]) => flag.padEnd(width) + about),
    "",
    `State is kept in the folder: the next start goes on where the last one ended. Remove the folder to begin anew.`,
  ].join("\n");
};

/** Reads the command line of `npm start`. Anything that is not known is wrong: nothing is guessed. */
export const readStartArguments = (argv: readonly string[]): StartArguments => {
  try {
    const { values } = parseArgs({ args: [...argv], options, strict: true, allowPositionals: false });
    if (values.help) return { kind: "help" };
    if (values.context !== undefined && values.kubeconfig === undefined)
      return wrong("--context names a context of --kubeconfig FILE: give both");
    const empty = (["kubeconfig", "context", "config", "folder"] as const).find((name) => values[name] === "");
    if (empty !== undefined) return wrong(`--${empty} needs a value`);
    const { kubeconfig, context, config, folder, uncaged = false, demo = false, json = false } = values;
    return {
      kind: "start",
      options: {
        folder: folder ?? stackFolder,
        folderGiven: folder !== undefined,
        ...(kubeconfig !== undefined && { kubeconfig }),
        ...(context !== undefined && { context }),
        ...(config !== undefined && { config }),
        uncaged,
        demo,
        json,
      },
    };
  } catch (error) {
    // node's own words are good enough, without its advice on how to escape them.
    return wrong(error instanceof Error ? (error.message.split(". ")[0] ?? error.message) : String(error));
  }
};

const wrong = (message: string): StartArguments => ({ kind: "wrong", message });
