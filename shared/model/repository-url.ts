/** Ports that a URL may leave out. `http`, `https` and `ssh` on their usual ports are one repository. */
const defaultPorts: ReadonlyMap<string, string> = new Map([
  ["http", "80"],
  ["https", "443"],
  ["ssh", "22"],
  ["git", "9418"],
]);

/** Other names of the same Git host; the last three carry SSH over port 443. */
const hostAliases: ReadonlyMap<string, string> = new Map([
  ["www.github.com", "github.com"],
  ["www.gitlab.com", "gitlab.com"],
  ["www.bitbucket.org", "bitbucket.org"],
  ["ssh.github.com:443", "github.com"],
  ["altssh.gitlab.com:443", "gitlab.com"],
  ["altssh.bitbucket.org:443", "bitbucket.org"],
]);

/** Hosts known to ignore case in paths. Elsewhere case stays: two repositories that differ by it must never be taken for one. */
const caseless = new Set(["github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "dev.azure.com"]);

interface Address {
  readonly scheme: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
}

/**
 * One comparable key for all ways to write a repository's URL: `github.com/org/repo` for `https://github.com/org/repo.git`,
 * `git@github.com:org/repo` and `ssh://git@github.com:22/org/repo/`. Credentials, query and fragment are gone, dot segments resolved. Never
 * throws, takes linear time, and gives a key back unchanged. It is for comparing, never for connecting.
 */
export const normaliseRepositoryUrl = (url: string): string => {
  const address = addressOf(url.trim());
  const host = cleanHost(address.host);
  if (host === "") return cleanPath(address.path);
  const defaultPort = defaultPorts.get(address.scheme);
  const place = address.port === "" || address.port === defaultPort ? host : `${host}:${address.port}`;
  const key = azureKey(hostAliases.get(place) ?? place, cleanPath(address.path));
  const path = caseless.has(key.host) ? key.path.toLowerCase() : key.path;
  return defaultPort === undefined ? `${address.scheme}://${key.host}${path}` : `${key.host}${path}`;
};

const addressOf = (text: string): Address => {
  const end = text.indexOf("://");
  const named = end > 0 && /^[A-Za-z][A-Za-z0-9+.:-]*$/.test(text.slice(0, end));
  if (!named) return shortAddressOf(text);
  // `git::https`, `git+ssh` and the like only say that it is a Git repository.
  const scheme = text
    .slice(0, end)
    .toLowerCase()
    .replace(/^git::/, "")
    .replace(/^git\+|\+git$/, "");
  const { authority, path } = cutAuthority(text.slice(end + 3));
  return scheme === "file" ? { scheme, host: "", port: "", path } : { scheme, ...placeOf(authority, path) };
};

/** Without a scheme: `git@host:path` as scp has it, `host/path`, `host:8443/path` (our own key), or a path on this machine. */
const shortAddressOf = (text: string): Address => {
  const { authority, path } = cutAuthority(text);
  const place = placeOf(authority, path);
  const scp = authority.includes("@") && place.port !== "";
  return scp ? { scheme: "ssh", host: place.host, port: "", path: `/${place.port}${path}` } : { scheme: "https", ...place };
};

const cutAuthority = (text: string): { readonly authority: string; readonly path: string } => {
  const end = text.search(/[/?#]/);
  return end < 0 ? { authority: text, path: "" } : { authority: text.slice(0, end), path: text.slice(end) };
};

/** What follows the colon is a port, or, as in `ssh://git@host:org/repo`, the first part of the path. */
const placeOf = (authority: string, path: string): Omit<Address, "scheme"> => {
  const place = authority.slice(authority.lastIndexOf("@") + 1);
  const colon = place.indexOf(":", place.startsWith("[") ? Math.max(0, place.indexOf("]")) : 0);
  if (colon < 0) return { host: place, port: "", path };
  const host = place.slice(0, colon);
  const after = place.slice(colon + 1);
  return /^[0-9]{1,5}$/.test(after) ? { host, port: String(Number(after)), path } : { host, port: "", path: `/${after}${path}` };
};

/** Lower case, as a resolver would read it (punycode, IPv4 in its usual form); strange ones stay as they are. */
const cleanHost = (host: string): string => {
  let clean = host;
  // Decoding may uncover dots, and what is left without them may be a number that stands for an address.
  for (let pass = 0; pass < 3; pass++) clean = readHost(clean);
  return clean;
};

const readHost = (host: string): string => {
  const plain = withoutDots(host.toLowerCase());
  // A backslash ends a host for browsers and not for Git: never read such a host as its first part.
  if (plain.includes("\\")) return plain;
  return withoutDots(URL.parse(`https://${plain}/`)?.hostname ?? plain);
};

const withoutDots = (host: string): string => {
  let end = host.length;
  while (/[.\s]/.test(host[end - 1] ?? "")) end--;
  return host.slice(0, end).trim();
};

/** Leading slash, dot segments resolved, one percent-encoding, without query, fragment, doubled or trailing slashes and `.git`. */
const cleanPath = (path: string): string => {
  const cut = path.search(/[?#]/);
  const parsed = URL.parse(`https://h/${cut < 0 ? path : path.slice(0, cut)}`)?.pathname ?? path;
  const segments = parsed.split("/").filter((segment) => segment !== "");
  // A segment that is nothing but `.git` is the suffix of what stands before it, which may have one of its own.
  let name = "";
  while (name === "" && segments.length > 0) name = withoutGit(segments.pop() ?? "");
  return [...segments, name]
    .filter((segment) => segment !== "")
    .map((segment) => `/${segment}`)
    .join("");
};

const withoutGit = (name: string): string => {
  let end = name.length;
  while (name.slice(Math.max(0, end - 4), end).toLowerCase() === ".git") end -= 4;
  const bare = name.slice(0, end);
  // What would be a dot segment without its suffix keeps it.
  return /^(\.|%2e){1,2}$/i.test(bare) ? name : bare;
};

/** Azure DevOps has five forms for one repository; all become `dev.azure.com/<organisation>/<project>/_git/<repository>`. */
const azureKey = (host: string, path: string): { readonly host: string; readonly path: string } => {
  const segments = path.split("/").slice(1);
  const [version, ...overSsh] = segments;
  if ((host === "ssh.dev.azure.com" || host === "vs-ssh.visualstudio.com") && version?.toLowerCase() === "v3" && overSsh.length === 3) {
    const [organisation, project, repository] = overSsh;
    return { host: "dev.azure.com", path: `/${organisation}/${project}/_git/${repository}` };
  }
  const organisation = /^([a-z0-9-]+)\.visualstudio\.com$/.exec(host)?.[1];
  if (organisation === undefined && host !== "dev.azure.com") return { host, path };
  const [owner = "", ...rest] = organisation === undefined ? segments : [organisation, ...segments];
  const place = rest[0]?.toLowerCase() === "defaultcollection" ? rest.slice(1) : rest;
  // A repository named like its project may leave the project out.
  const full = place[0] === "_git" && place[1] !== undefined ? [place[1], ...place] : place;
  return { host: "dev.azure.com", path: ["", owner, ...full].join("/") };
};
