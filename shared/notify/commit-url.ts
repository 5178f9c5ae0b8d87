/** Where people read a commit, from the URL that the Application's source has. Undefined where the host or the shape is unknown. */
export const commitUrl = (repository: string, sha: string): string | undefined => {
  if (!/^[0-9a-f]{7,64}$/.test(sha)) return undefined;
  const url = webUrlOf(repository);
  if (url === undefined || isThisMachine(url.hostname)) return undefined;
  const path = url.pathname.replace(/\/+$/, "").replace(/\.git$/i, "");
  if (path === "" || path.length > 500) return undefined;
  return `${url.origin}${pageOf(url.hostname, path)}${sha}`;
};

/** `/org/repo` on GitHub, Gitea, Forgejo and hosts we do not know is `/org/repo/commit/<sha>`: the most common shape. */
const pageOf = (host: string, path: string): string => {
  const dataCenter = /^\/scm\/([^/]+)\/([^/]+)$/.exec(path);
  if (dataCenter) return `/projects/${dataCenter[1]}/repos/${dataCenter[2]}/commits/`;
  if (host === "bitbucket.org") return `${path}/commits/`;
  if (host === "gitlab.com" || host.startsWith("gitlab.")) return `${path}/-/commit/`;
  return `${path}/commit/`;
};

/** The page's address for HTTPS and SSH remotes; SSH ports say nothing about the web's, so they are dropped. */
const webUrlOf = (repository: string): URL | undefined => {
  const scp = /^([\w.-]+@)?([\w.-]+):(?!\/\/)([^\s:]+)$/.exec(repository);
  const [, user, host = "", path] = scp ?? [];
  // `javascript:…` and `data:…` look like scp's form, too: that has a user or a dot in its host.
  const text = user !== undefined || host.includes(".") ? `ssh://${host}/${path}` : repository;
  const url = URL.parse(text);
  if (url === null || url.hostname === "") return undefined;
  if (url.protocol === "https:" || url.protocol === "http:") return plainUrl(`${url.protocol}//${url.host}${url.pathname}`);
  if (url.protocol !== "ssh:" && url.protocol !== "git+ssh:") return undefined;
  const azure = /^\/v3\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(url.pathname);
  if (azure && url.hostname === "ssh.dev.azure.com") return plainUrl(`https://dev.azure.com/${azure[1]}/${azure[2]}/_git/${azure[3]}`);
  // 7999 is Bitbucket Data Center's SSH port, whose web pages stand elsewhere.
  if (url.port === "7999") return plainUrl(`https://${url.hostname}/scm${url.pathname}`);
  return plainUrl(`https://${webHosts.get(url.hostname) ?? url.hostname}${url.pathname}`);
};

/** A Git server on this machine has no pages. */
const isThisMachine = (host: string): boolean => host === "localhost" || host === "[::1]" || host.startsWith("127.");

/** Hosts whose SSH has a name of its own. */
const webHosts: ReadonlyMap<string, string> = new Map([
  ["ssh.github.com", "github.com"],
  ["altssh.gitlab.com", "gitlab.com"],
  ["altssh.bitbucket.org", "bitbucket.org"],
]);

const plainUrl = (text: string): URL | undefined => URL.parse(text) ?? undefined;
