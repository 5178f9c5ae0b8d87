/** Paths of a repository as text: relative to its root, `/`-separated, without `.` and `..`; "" is the root itself. */

/** `./a/b/../c/` → `a/c`; undefined when it leaves the repository. */
export const normalise = (path: string): string | undefined => {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") segments.push(segment);
    else if (segments.pop() === undefined) return undefined;
  }
  return segments.join("/");
};

/** `relative` as seen from `directory`; undefined when it leaves the repository. */
export const joinPath = (directory: string, relative: string): string | undefined => normalise(`${directory}/${relative}`);

export const parentOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf("/"), 0));

export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** Is `path` the directory itself, or somewhere below it? */
export const isWithin = (path: string, directory: string): boolean =>
  directory === "" || path === directory || path.startsWith(`${directory}/`);

/** `b/c` for (`a`, `a/b/c`), `../b` for (`a`, `b`). */
export const relativePath = (from: string, to: string): string => {
  const origin = from === "" ? [] : from.split("/");
  const target = to.split("/");
  let shared = 0;
  while (shared < origin.length && origin[shared] === target[shared]) shared++;
  return [...origin.slice(shared).map(() => ".."), ...target.slice(shared)].join("/");
};

/** For messages: the root has a name too. */
export const describePath = (path: string): string => (path === "" ? "the repository's root" : path);

/** `https://…`, `ssh://…`, `git@host:…`, `github.com/…`: what kustomize and helm would go to the network for. */
export const isRemote = (reference: string): boolean =>
  /^(git::)?[a-z][a-z0-9+.-]*:\/\//i.test(reference) ||
  /^[a-z][a-z0-9-]*@[^/]+[:/]/i.test(reference) ||
  /^github\.com[/:]/i.test(reference);
