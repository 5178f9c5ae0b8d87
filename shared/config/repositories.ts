import { normaliseRepositoryUrl } from "../model/repository-url.ts";
import type { Installation } from "./schema.ts";

/** The address to read a repository or chart repository from: the mirror with the longest matching start, as git's `insteadOf` does it. */
export const mirroredUrl = (url: string, mirrors: Installation["mirrors"]): string => {
  const [best] = mirrors.filter(({ from }) => url.startsWith(from)).toSorted((a, b) => b.from.length - a.from.length);
  return best === undefined ? url : `${best.to}${url.slice(best.from.length)}`;
};

/**
 * Entry of the secret store with the credentials for a URL, or undefined where none is named. A prefix ends at a segment's end:
 * `https://github.com/acme` is not the start of `https://github.com/acme-evil/x`. All ways to write a URL count as one.
 */
export const credentialsFor = (url: string, credentials: Installation["repositoryCredentials"]): string | undefined => {
  const wanted = normaliseRepositoryUrl(url);
  const [best] = credentials
    .map(({ prefix, secret }) => ({ prefix: normaliseRepositoryUrl(prefix), secret }))
    .filter(({ prefix }) => prefix !== "" && (wanted === prefix || wanted.startsWith(`${prefix}/`)))
    .toSorted((a, b) => b.prefix.length - a.prefix.length);
  return best?.secret;
};
