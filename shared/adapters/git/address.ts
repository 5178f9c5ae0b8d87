import { Failure } from "../../model/failure.ts";
import { isLoopbackHost } from "../web/hosts.ts";

/** Where a repository is, taken apart and checked. `label` is the URL as people may see it: without user, password, query. */
export type Address =
  | { readonly kind: "http"; readonly label: string; readonly base: string; readonly host: string }
  | {
      readonly kind: "ssh";
      readonly label: string;
      readonly host: string;
      readonly port: number;
      readonly username: string | undefined;
      readonly path: string;
    };

export interface AddressRules {
  /** Plain http to hosts other than loopback, where credentials and files travel in the clear. */
  readonly allowHttp: boolean;
}

/**
 * Reads `https://host/path`, `ssh://user@host:port/path` and `user@host:path`. Everything else (`ext::`, `file://`, `git://`, names that a
 * tool could take for an option) throws SourceInvalid; the message never repeats a password.
 */
export const parseAddress = (url: string, rules: AddressRules): Address => {
  const text = url.trim();
  if (hasControl(text)) throw refuse("a repository URL", "holds control characters");
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1]?.toLowerCase();
  if (scheme === "https" || scheme === "http") return httpAddress(text, rules);
  if (scheme === "ssh" || scheme === "git+ssh") return sshAddress(text);
  if (scheme !== undefined || text.includes("::")) throw refuse(withoutUser(text), "is not an https or ssh URL");
  return scpAddress(text);
};

const httpAddress = (text: string, rules: AddressRules): Address => {
  const url = URL.parse(text);
  if (url === null || url.hostname === "") throw refuse(withoutUser(text), "is not a URL");
  const label = `${url.protocol}//${url.host}${url.pathname}`.replace(/\/+$/, "");
  if (url.password !== "") throw refuse(label, "holds a password: move it to the repository's entry in the secret store");
  if (url.protocol === "http:" && !rules.allowHttp && !isLoopbackHost(url.hostname)) {
    throw refuse(label, "is plain http: use https, or allow http in the installation file");
  }
  return { kind: "http", label, base: label, host: url.host };
};

const sshAddress = (text: string): Address => {
  const url = URL.parse(text.replace(/^git\+/i, ""));
  if (url === null || url.hostname === "") throw refuse(withoutUser(text), "is not a URL");
  const label = withoutUser(text);
  if (url.password !== "") throw refuse(label, "holds a password: SSH needs a private key in the secret store");
  // `ssh://host/~user/repository` names a home folder; every other path is absolute.
  const path = decode(url.pathname, label).replace(/^\/~/, "~");
  return checkedSsh({
    label,
    host: decode(url.hostname, label),
    port: Number(url.port || "22"),
    username: decode(url.username, label) || undefined,
    path,
  });
};

const scpAddress = (text: string): Address => {
  const match = /^(?:([^@/]+)@)?(\[[0-9A-Fa-f:.]+\]|[^:/@]+):(.+)$/.exec(text);
  const [, username, host = "", path = ""] = match ?? [];
  if (!match) throw refuse(withoutUser(text), "is not an https or ssh URL");
  return checkedSsh({ label: `${host}:${path}`, host, port: 22, username, path });
};

/** Names that begin with a dash would be read as options by the tools on the other side (CVE-2017-1000117). */
const checkedSsh = (parts: Omit<Extract<Address, { kind: "ssh" }>, "kind">): Address => {
  const host = parts.host.replace(/^\[|\]$/g, "");
  if ([host, parts.path, parts.username ?? ""].some((part) => part.startsWith("-"))) throw refuse(parts.label, "begins a name with a dash");
  if (!/^[A-Za-z0-9._:-]+$/.test(host)) throw refuse(parts.label, "has no valid host");
  if (parts.path === "" || parts.path === "/") throw refuse(parts.label, "names no repository");
  return { kind: "ssh", ...parts, host };
};

/** Submodule URLs that begin with `./` or `../` count from the parent repository's URL, as git does. */
export const relativeTo = (parent: string, url: string): string => {
  if (!/^\.\.?\//.test(url)) return url;
  const scp = /^[^/]*:(?!\/\/)/.exec(parent)?.[0] ?? "";
  const start = scp === "" ? (/^[^:]+:\/\/[^/]*\/?/.exec(parent)?.[0] ?? "") : scp;
  const segments = parent
    .slice(start.length)
    .split("/")
    .filter((segment) => segment !== "");
  for (const segment of url.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "." && segment !== "") segments.push(segment);
  }
  return `${start}${segments.join("/")}`;
};

/** For messages: without what may be a user and a password. */
const withoutUser = (text: string): string => text.replace(/^([A-Za-z][A-Za-z0-9+.-]*:\/\/)?[^/]*@/, "$1").slice(0, 300);

const decode = (text: string, label: string): string => {
  try {
    const decoded = decodeURIComponent(text);
    if (!hasControl(decoded)) return decoded;
  } catch {}
  throw refuse(label, "has a badly encoded part");
};

const hasControl = (text: string): boolean => [...text].some((character) => character < " " || character === "\u007f");

const refuse = (label: string, why: string): Failure => {
  const shown = label.replace(/\p{Cc}/gu, "?");
  return new Failure("SourceInvalid", shown, `The repository URL ${shown} ${why}.`);
};
