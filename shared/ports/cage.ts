import type { BundleFile } from "../model/bundle.ts";

/**
 * Where people's charts and kustomizations run: a program with no power at all. It has no network, no credentials, no environment and no files but
 * those of the request, and nothing of one run is left for the next. Throws CageUnavailable when it cannot be reached.
 */
export interface Cage {
  run(request: CageRequest): Promise<CageAnswer>;
}

export type CageTool = "kustomize" | "helm";

export interface CageRequest {
  /** The project. Different tenants never share a process, a folder or a Lambda execution environment. */
  readonly tenant: string;
  readonly tool: CageTool;
  readonly arguments: readonly string[];
  /** Folder below the work folder where the tool starts. */
  readonly folder: string;
  readonly bundles: readonly CageBundle[];
  /** Laid after the bundles: what the renderer writes itself. A file of the same path replaces the bundle's. */
  readonly files: readonly CageFile[];
  readonly limits: CageLimits;
}

export interface CageBundle {
  /** Folder below the work folder where its files go. */
  readonly at: string;
  /** Its artifact key, so that a cage that is far away can read a large one itself. */
  readonly key: string;
  readonly packed: Uint8Array;
}

export interface CageFile {
  /** Relative to the work folder. */
  readonly path: string;
  readonly text: string;
}

export interface CageLimits {
  readonly seconds: number;
  readonly outputBytes: number;
}

/** What a run ran out of. */
export type CageLimit = "time" | "memory" | "disk" | "output";

export type CageAnswer =
  | { readonly state: "done"; readonly output: string }
  /** The tool's own words on standard error; paths in it are relative to the work folder. */
  | { readonly state: "failed"; readonly exitCode: number; readonly stderr: string }
  | { readonly state: "killed"; readonly limit: CageLimit }
  /** The request itself was not acceptable: a path leaves the work folder. Nothing ran. */
  | { readonly state: "refused"; readonly reason: string };

/** What the program in the cage needs of the machine it runs on. */
export interface Room {
  /** Gives an empty folder; it is gone with all its content when `use` has returned or thrown. */
  withFolder<T>(use: (folder: string) => Promise<T>): Promise<T>;
  /** Writes files below a folder; later ones replace earlier ones. */
  lay(folder: string, files: readonly BundleFile[]): Promise<"laid" | "disk-full">;
  /** Runs a tool with an empty environment in `folder`, private home and temporary folders in `private`. */
  run(command: RoomCommand): Promise<CageAnswer>;
}

export interface RoomCommand {
  readonly tool: CageTool;
  readonly arguments: readonly string[];
  readonly folder: string;
  readonly private: string;
  readonly limits: CageLimits;
}
