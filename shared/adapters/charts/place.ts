import { Failure } from "../../model/failure.ts";
import { isLoopbackHost } from "../web/hosts.ts";

/** A chart repository's address, checked. `base` ends with a slash; `label` is what people may see. */
export interface RepositoryPlace {
  readonly base: string;
  readonly origin: string;
  readonly label: string;
}

export const repositoryPlace = (text: string, allowHttp: boolean): RepositoryPlace => {
  const shown = text
    .replace(/^([a-z+]+:\/\/)[^/]*@/i, "$1")
    .replace(/\p{Cc}/gu, "?")
    .slice(0, 300);
  const refuse = (why: string) => new Failure("SourceInvalid", shown, `The chart repository ${shown} ${why}.`);
  // Argo CD writes OCI registries with `oci://` or without any scheme.
  if (/^oci:\/\//i.test(text) || !text.includes("://"))
    throw refuse("is an OCI registry, which cannot be read yet: use an https chart repository");
  const url = URL.parse(text);
  if (url === null || url.hostname === "" || !isWeb(url)) throw refuse("is not an https URL");
  if (url.password !== "") throw refuse("holds a password: move it to the repository's entry in the secret store");
  if (!mayBePlain(url, allowHttp)) throw refuse("is plain http: use https, or allow http in the installation file");
  const base = `${url.origin}${url.pathname.replace(/\/*$/, "/")}`;
  return { base, origin: url.origin, label: base.slice(0, -1) };
};

/** Where an index says an archive lies: beside it, or anywhere on the web, never on this machine unless the repository is there too. */
export const archivePlace = (place: RepositoryPlace, written: string, label: string, allowHttp: boolean): URL => {
  const url = URL.parse(written, place.base);
  const fine = url !== null && isWeb(url) && (url.origin === place.origin || (mayBePlain(url, allowHttp) && staysOutside(url, place)));
  if (url !== null && fine) return url;
  const shown = written.replace(/\p{Cc}/gu, "?").slice(0, 200);
  throw new Failure("SourceInvalid", label, `The index says that ${label} lies at ${shown}, which is not an https URL.`);
};

const staysOutside = (url: URL, place: RepositoryPlace): boolean =>
  !isLoopbackHost(url.hostname) || isLoopbackHost(new URL(place.base).hostname);

const isWeb = (url: URL): boolean => url.protocol === "https:" || url.protocol === "http:";

const mayBePlain = (url: URL, allowHttp: boolean): boolean => url.protocol === "https:" || allowHttp || isLoopbackHost(url.hostname);
