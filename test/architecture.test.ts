import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const ours = ["functions", "infra", "shared", "cli", "test"] as const;

interface SourceFile {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly string[];
}

const sourceFiles: readonly SourceFile[] = ours.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((file) => join(folder, file))
    .filter((path) => path.endsWith(".ts") && !path.includes("node_modules"))
    .map((path) => {
      const text = readFileSync(join(root, path), "utf8");
      return { path, lines: text.split("\n").length, imports: importsOf(text, path) };
    }),
);

function importsOf(text: string, path: string): readonly string[] {
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, name]) => name ?? "");
  return found.map((name) => (name.startsWith(".") ? relative(root, normalize(join(root, dirname(path), name))) : name));
}

/** Lower layers first: a file imports its own layer's folder and what stands before it, stages never each other. */
const foundations = ["shared/model", "shared/ports"] as const;
const languages = ["shared/argocd", "shared/config"] as const;
const judgements = ["shared/diff", "shared/health", "shared/lua", "shared/policy", "shared/state"] as const;
const stages = ["webhook", "fetch", "render", "registry", "sync", "drift", "scan", "notify", "actions"].map((name) => `shared/${name}`);

/** Folder → the folders of ours that it may import, besides itself. */
const allowed: readonly (readonly [string, readonly string[]])[] = [
  ["shared/model", []],
  ["shared/ports", ["shared/model"]],
  ...languages.map((folder) => [folder, [...foundations, ...languages]] as const),
  ...judgements.map((folder) => [folder, [...foundations, ...languages, ...judgements]] as const),
  ...stages.map((folder) => [folder, [...foundations, ...languages, ...judgements]] as const),
  ["shared/adapters", foundations],
  ["functions", ["shared"]],
  ["infra/local", ["shared", "functions", "infra"]],
  [
    "infra/aws",
    [
      "infra/topology.ts",
      "infra/outputs.ts",
      "infra/bundling",
      "functions/world/fingerprints.ts",
      "shared/adapters/environment.ts",
      "shared/adapters/table/definition.ts",
      "shared/config",
      "shared/model",
    ],
  ],
];

const isIn = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

describe("the architecture", () => {
  it.each(allowed)("lets %s import only what stands below it", (folder, may) => {
    const wrong = sourceFiles
      .filter(({ path }) => isIn(path, folder))
      .flatMap(({ path, imports }) =>
        imports
          .filter((target) => ours.some((top) => isIn(target, top)) && !isIn(target, folder) && !may.some((other) => isIn(target, other)))
          .map((target) => `${path} imports ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  it("keeps SDKs, files, the network and the environment in adapters and lambda.ts", () => {
    const outside = /^(@aws-sdk\/|node:(fs|net|http|http2|https|child_process|os|tls|dns)|es-git|isomorphic-git|ssh2)/;
    const wrong = sourceFiles
      .filter(({ path }) => isIn(path, "shared") && !isIn(path, "shared/adapters"))
      .flatMap(({ path, imports }) => imports.filter((name) => outside.test(name)).map((name) => `${path} imports ${name}`));
    expect(wrong).toEqual([]);
  });

  it("asks no clock, no chance and no environment in pure code", () => {
    const impure = /\b(Date\.now\(\)|Math\.random\(\)|process\.env|new Date\(\))/;
    const wrong = sourceFiles
      .filter(({ path }) => isIn(path, "shared") && !isIn(path, "shared/adapters"))
      .filter(({ path }) => impure.test(readFileSync(join(root, path), "utf8")))
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });

  it("writes an Application's state in one module only", () => {
    const readers = ["shared/state/transitions.ts", "shared/state/application-state.ts", "shared/state/items.ts"];
    const wrong = sourceFiles
      .filter(({ path }) => !isIn(path, "test") && !readers.includes(path))
      .filter(({ path }) => /\bkeys\.state\b|\bsk: "state"/.test(readFileSync(join(root, path), "utf8")))
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
    const reading = readFileSync(join(root, "shared/state/application-state.ts"), "utf8");
    expect(reading).not.toMatch(/\.(update|put|delete)\(/);
  });

  // Those without one wait behind everybody's: its type asks each sender for it.
  it("lets no message be sent without the group that a fair queue takes it by", () => {
    const port = readFileSync(join(root, "shared/ports/queue.ts"), "utf8");
    expect(port).toMatch(/readonly group: string;/);
  });

  it("has no file of more than 250 lines, and none that is called after nothing", () => {
    expect(sourceFiles.filter(({ lines }) => lines > 251).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
    expect(sourceFiles.filter(({ path }) => /(^|\/)(utils?|helpers?|common|manager|misc)(\.ts|\/)/.test(path))).toEqual([]);
  });
});
