import { Failure } from "../../model/failure.ts";
import type { SnapshotEntry } from "../../ports/git.ts";
import { joinPath, parentOf } from "./paths.ts";

/** Linux gives up at this many, too (ELOOP). */
const mostLinks = 40;

/**
 * The real path behind a path, symlinks followed in every segment; undefined where nothing stands. `entryAt` does not follow any.
 * @throws Failure SourceInvalid naming a symlink that leaves the tree, or that leads to itself.
 */
export const followSymlinks = (entryAt: (path: string) => SnapshotEntry | undefined, path: string): string | undefined => {
  let first: SnapshotEntry | undefined;
  let links = 0;
  let at = "";
  const ahead = path === "" ? [] : path.split("/").toReversed();
  for (let segment = ahead.pop(); segment !== undefined; segment = ahead.pop()) {
    if (segment === "") continue;
    const here = at === "" ? segment : `${at}/${segment}`;
    const entry = entryAt(here);
    if (!entry) return undefined;
    if (entry.kind !== "symlink") {
      at = here;
      continue;
    }
    first ??= entry;
    if (++links > mostLinks) throw refused(first, "leads in a circle");
    const target = entry.target?.startsWith("/") ? undefined : joinPath(parentOf(here), entry.target ?? "");
    if (target === undefined) throw refused(first, "leaves the repository");
    at = "";
    ahead.push(...target.split("/").toReversed());
  }
  return at;
};

const refused = (link: SnapshotEntry, why: string): Failure =>
  new Failure("SourceInvalid", link.path, `the symlink ${link.path} points to ${link.target ?? "nowhere"}, which ${why}`);
