import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { git } from "../git-host/git.ts";
import type { GitHost } from "../git-host/start.ts";
import { sampleName } from "./settings.ts";

const author = {
  GIT_AUTHOR_NAME: "Fairlead",
  GIT_AUTHOR_EMAIL: "fairlead@example.com",
  GIT_COMMITTER_NAME: "Fairlead",
  GIT_COMMITTER_EMAIL: "fairlead@example.com",
};

/** Puts the sample fleet into the Git host on the first start; what people have pushed since is left alone. */
export const seedSample = async (host: GitHost): Promise<"seeded" | "kept"> => {
  await host.createRepository(sampleName);
  const bare = host.path(sampleName);
  const heads = await git(bare, ["for-each-ref", "--count=1", "refs/heads/"]);
  if (heads !== "") return "kept";
  const copy = await mkdtemp(join(tmpdir(), "fairlead-sample-"));
  try {
    await cp(fileURLToPath(new URL("../sample/repository", import.meta.url)), copy, { recursive: true });
    await git(copy, ["init", "--quiet", "--initial-branch=main"]);
    await git(copy, ["add", "--all"]);
    await git(copy, ["commit", "--quiet", "-m", "Begin the sample fleet"], author);
    await git(copy, ["push", "--quiet", bare, "main"]);
    return "seeded";
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
};
