declare module "dynalite" {
  import type { Server } from "node:http";

  interface DynaliteOptions {
    /** Folder of the LevelDB store; in memory without it. */
    readonly path?: string;
    readonly createTableMs?: number;
  }

  const dynalite: (options?: DynaliteOptions) => Server;
  export default dynalite;
}
