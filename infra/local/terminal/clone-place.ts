import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

export interface ClonePlace {
  readonly path: string;
  /** A clone of an earlier start is there. */
  readonly cloned: boolean;
  /** Git does not know who the person is, and would refuse to commit. */
  readonly anonymous: boolean;
}

/** Where the commands that we show clone the sample to: outside of any repository, and where nothing else is. */
export const clonePlace = async (remote: string): Promise<ClonePlace> => {
  const anonymous = (await answerOf(["var", "GIT_AUTHOR_IDENT"])) === undefined;
  for (let number = 1; ; number += 1) {
    const path = join(tmpdir(), number === 1 ? "fairlead-sample" : `fairlead-sample-${number}`);
    if (!existsSync(path)) return { path, cloned: false, anonymous };
    if ((await answerOf(["-C", path, "remote", "get-url", "origin"])) === remote) return { path, cloned: true, anonymous };
  }
};

/** What the person's own git says; undefined when it refuses. */
const answerOf = async (args: readonly string[]): Promise<string | undefined> => {
  try {
    return (await promisify(execFile)("git", [...args])).stdout.trim();
  } catch {
    return undefined;
  }
};
