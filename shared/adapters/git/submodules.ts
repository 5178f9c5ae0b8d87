import { Failure } from "../../model/failure.ts";
import { relativeTo } from "./address.ts";
import { isPlainName, type ObjectStore } from "./objects.ts";

export interface Submodule {
  readonly path: string;
  readonly url: string;
  readonly sha: string;
}

const mostDeclared = 64;

/** The submodules that `.gitmodules` declares and the commit pins. A path it declares without a pinned commit is none, as for git. */
export const submodulesOf = (objects: ObjectStore, root: string, repositoryUrl: string): readonly Submodule[] => {
  const row = objects.tree(root).get(".gitmodules");
  if (row === undefined || (row.kind !== "file" && row.kind !== "executable")) return [];
  const declared = declarations(Buffer.from(objects.blob(row.id)).toString("utf8"));
  if (declared.length > mostDeclared) {
    throw new Failure(
      "LimitExceeded",
      ".gitmodules",
      `.gitmodules of ${repositoryUrl} declares ${declared.length} submodules; at most ${mostDeclared} are read.`,
    );
  }
  return declared.flatMap(({ path, url }) => {
    const sha = pinned(objects, root, path);
    return sha === undefined ? [] : [{ path, url: relativeTo(repositoryUrl, url), sha }];
  });
};

const pinned = (objects: ObjectStore, root: string, path: string): string | undefined => {
  const segments = path.split("/");
  if (!segments.every(isPlainName)) return undefined;
  let id = root;
  for (const [index, segment] of segments.entries()) {
    const row = objects.tree(id).get(segment);
    if (row === undefined) return undefined;
    if (index === segments.length - 1) return row.kind === "submodule" ? row.id : undefined;
    if (row.kind !== "directory") return undefined;
    id = row.id;
  }
  return undefined;
};

/** Git's configuration format, as far as `.gitmodules` uses it: sections with `path` and `url`, quotes, comments. */
const declarations = (text: string): readonly { readonly path: string; readonly url: string }[] => {
  const sections: Map<string, string>[] = [];
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (/^\[submodule\s+"/.test(line)) sections.push(new Map());
    else if (line.startsWith("[")) sections.push(new Map());
    const [, key, value] = /^([A-Za-z][A-Za-z0-9-]*)\s*=\s*(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) sections.at(-1)?.set(key.toLowerCase(), unquoted(value));
  }
  return sections.flatMap((fields) => {
    const path = fields.get("path");
    const url = fields.get("url");
    return path === undefined || url === undefined ? [] : [{ path: path.replace(/\/+$/, ""), url }];
  });
};

const unquoted = (value: string): string => {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(value)?.[1];
  return quoted === undefined ? value.replace(/\s+[#;].*$/, "") : quoted.replace(/\\(.)/g, "$1");
};
