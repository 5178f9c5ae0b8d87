import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exists } from "../cache.ts";
import { git } from "../git-host/git.ts";
import type { GitHost } from "../git-host/start.ts";

/** The sample's two clusters; `default` is where https://kubernetes.default.svc points. */
export const sampleClusters = { default: "harbor", names: ["harbor", "quay"] } as const;

/** The repository that a person sees with `npm start`. */
export const sampleRepository = {
  /** Its name on the local Git host. */
  name: "fairlead/sample",
  /** Its address in the Applications: the same wherever the local Git host listens, because the installation file maps it there. */
  url: "https://git.example.com/fairlead/sample.git",
  /** What `mirrors` maps to the local Git host's origin. */
  prefix: "https://git.example.com/",
  branch: "main",
  /** The directory that the installation file names as the control repository's. */
  controlPath: "control",
} as const;

/** What the Applications of the sample and of the tour make in the clusters, and live in. */
export const sampleNamespaces = ["shop-staging", "shop-production", "tides", "lighthouse", "ferry", "radio", "galley", "lookout"] as const;

/** The sample's files as they are before the first commit. */
export const sampleFolder = join(import.meta.dirname, "repository");

const author = {
  GIT_AUTHOR_NAME: "Fairlead",
  GIT_AUTHOR_EMAIL: "sample@fairlead.example",
  GIT_COMMITTER_NAME: "Fairlead",
  GIT_COMMITTER_EMAIL: "sample@fairlead.example",
};

/**
 * Puts the sample's first commit on the Git host, unless its repository has been there before: a person's own commits stay.
 * Nobody is told of a push.
 */
export async function seedSample(host: Pick<GitHost, "createRepository" | "path">): Promise<void> {
  const { name, branch } = sampleRepository;
  await host.createRepository(name);
  const bare = host.path(name);
  if (await exists(join(bare, "refs", "heads", branch))) return;
  if ((await git(bare, ["for-each-ref"])) !== "") return;

  const scratch = await mkdtemp(join(tmpdir(), "fairlead-sample-"));
  try {
    const run = (...args: readonly string[]) =>
      git(scratch, [`--git-dir=${bare}`, `--work-tree=${sampleFolder}`, ...args], { ...author, GIT_INDEX_FILE: join(scratch, "index") });
    await run("add", "--all", "--force", "--", sampleFolder);
    await run("commit", "--quiet", "-m", "Moor the sample fleet");
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
