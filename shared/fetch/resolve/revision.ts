import { Failure } from "../../model/failure.ts";
import { compareVersions, parseRange, parseVersion, type Version } from "../../model/version-range.ts";
import type { RemoteRefs } from "../../ports/git.ts";

/** `ref` is the full name of the branch or tag that was meant; a sha has none, as nothing can move it. */
export interface ResolvedRevision {
  readonly sha: string;
  readonly ref?: string;
}

/**
 * What a targetRevision means among a repository's refs, in Argo CD's order: a full sha is itself, whatever a branch may be called; a semver
 * range is the newest tag in it; then a branch, a tag, any other ref by its name, HEAD; at last the beginning of a sha that some ref points
 * to. Answers with Failure RevisionMissing when nothing matches.
 */
export const resolveRevision = (targetRevision: string, refs: RemoteRefs): ResolvedRevision | Failure => {
  const selector = targetRevision.trim() || "HEAD";
  if (isFullSha(selector)) return { sha: selector.toLowerCase() };
  return newestTag(selector, refs) ?? named(selector, refs) ?? beginningOfSha(selector, refs) ?? missing(selector, refs);
};

/** Whether a ref that moved can change what a targetRevision means. */
export const mayFollow = (targetRevision: string, ref: string): boolean => {
  const selector = targetRevision.trim() || "HEAD";
  if (isFullSha(selector)) return false;
  // Where HEAD points to is known only to the repository.
  if (selector === "HEAD") return ref.startsWith("refs/heads/") || ref === "HEAD";
  if (namesOf(selector).includes(ref)) return true;
  const version = ref.startsWith("refs/tags/") ? parseVersion(ref.slice("refs/tags/".length)) : undefined;
  return version !== undefined && rangeOf(selector)?.(version) === true;
};

const isFullSha = (selector: string): boolean => /^[0-9a-fA-F]{40}$/.test(selector);

/** An exact version is a tag's name, not a range: `1.2` means the tag `1.2` and never `1.2.7`. */
const rangeOf = (selector: string) => (parseVersion(selector) === undefined ? parseRange(selector) : undefined);

const newestTag = (selector: string, { refs }: RemoteRefs): ResolvedRevision | undefined => {
  const inRange = rangeOf(selector);
  if (inRange === undefined) return undefined;
  let newest: { readonly version: Version; readonly sha: string; readonly ref: string } | undefined;
  for (const [ref, sha] of refs) {
    const version = ref.startsWith("refs/tags/") ? parseVersion(ref.slice("refs/tags/".length)) : undefined;
    if (version === undefined || !inRange(version)) continue;
    if (newest === undefined || compareVersions(version, newest.version) > 0) newest = { version, sha, ref };
  }
  return newest && { sha: newest.sha, ref: newest.ref };
};

const named = (selector: string, { head, refs }: RemoteRefs): ResolvedRevision | undefined => {
  const names = selector === "HEAD" ? [head ?? "HEAD", "HEAD"] : namesOf(selector);
  for (const ref of names) {
    const sha = refs.get(ref);
    if (sha !== undefined) return { sha, ref };
  }
  return undefined;
};

/** The branch before the tag of the same name, as Argo CD finds them. */
const namesOf = (selector: string): readonly string[] =>
  selector.startsWith("refs/") ? [selector] : [`refs/heads/${selector}`, `refs/tags/${selector}`, `refs/${selector}`];

/** Git hosts cannot be asked what a shortened sha stands for; it works where a branch or tag points to that commit. */
const beginningOfSha = (selector: string, { refs }: RemoteRefs): ResolvedRevision | undefined => {
  if (!/^[0-9a-fA-F]{7,39}$/.test(selector)) return undefined;
  const shas = new Set([...refs.values()].filter((sha) => sha.startsWith(selector.toLowerCase())));
  const [sha] = shas;
  return sha !== undefined && shas.size === 1 ? { sha } : undefined;
};

const missing = (selector: string, { refs }: RemoteRefs): Failure => {
  const shown = selector.replace(/\p{Cc}/gu, "?").slice(0, 100);
  const tell = (why: string) => new Failure("RevisionMissing", shown, why);
  if (selector === "HEAD") return tell("The repository has no commits yet: push one, or name a branch.");
  if (/^[0-9a-fA-F]{7,39}$/.test(selector))
    return tell(`No branch or tag points to a commit that begins with ${shown}: write all 40 characters of the sha.`);
  const tags = [...refs.keys()].filter((ref) => ref.startsWith("refs/tags/")).length;
  if (rangeOf(selector) !== undefined) return tell(`None of the ${tags} tags of the repository is a version in ${shown}.`);
  return tell(`The repository has no branch or tag ${shown}.`);
};
