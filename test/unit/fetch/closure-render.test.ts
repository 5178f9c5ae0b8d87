import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { localTools } from "../../../infra/local/tools.ts";
import { closureUnchanged } from "../../../shared/fetch/closure/reach.ts";
import type { Source } from "../../../shared/model/application.ts";
import { memorySnapshot, type Tree } from "../../fakes/memory-snapshot.ts";
import { digestOfSource, evaluated, evaluation, source } from "./closure-cases.ts";
import { bundled, output, withFolder } from "./closure-checkout.ts";
import { helmCases, kustomizeCases } from "./closure-repositories.ts";

/** Each run starts real programs; more of them only make the tests slower. */
const numRuns = 20;
let tools: { kubectl: string; helm: string };

beforeAll(async () => {
  tools = await localTools();
});

const kustomize = (tree: Tree) => withFolder(tree, (folder) => output(tools.kubectl, ["kustomize", "apps/web"], folder));

const helm = (tree: Tree, values: readonly string[], files: readonly string[]) =>
  withFolder(tree, (folder) => {
    const place = (entry: string): string => (entry.startsWith("/") ? `${folder}${entry}` : entry);
    const named = [
      ...values.flatMap((file) => ["--values", place(file)]),
      ...files.flatMap((file) => ["--set-file", `key=${place(file)}`]),
    ];
    return output(tools.helm, ["template", "web", ".", ...named], join(folder, "charts/web"));
  });

/** The same path with a comment more, or other values: what counts is that its bytes are others. */
const touched = (tree: Tree, path: string): Tree => {
  const content = tree[path];
  return { ...tree, [path]: typeof content === "string" ? content.replaceAll("one", "two").concat("\n# touched\n") : (content ?? "") };
};

describe("rendering from the bundle", () => {
  it("equals rendering from the checkout, for every field of a kustomization that reads files", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(kustomizeCases, async ({ tree }) => {
        expect(await kustomize(bundled(tree, evaluated(tree, source("apps/web"))))).toBe(await kustomize(tree));
      }),
      { numRuns },
    );
  });

  it("equals rendering from the checkout, for every field of a Helm source that reads files", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(helmCases, async ({ tree, vendored, options, expectedValues, expectedFiles }) => {
        const found = evaluated(tree, source("charts/web", { helm: options }));
        const { valueFiles = [], fileParameters = [] } = found.source.helm ?? {};
        const parameters = fileParameters.map(({ path }) => path);
        const rendered = await helm(bundled(tree, found), valueFiles, parameters);
        expect(rendered).toBe(await helm({ ...tree, ...vendored }, expectedValues, expectedFiles));
      }),
      { numRuns },
    );
  });
});

describe("touching a file", () => {
  it("outside what a source reads never changes its digest, and one that changes the render always does", {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(kustomizeCases, fc.nat(), async ({ tree }, choice) => {
        const paths = Object.keys(tree);
        const path = paths[choice % paths.length] ?? "";
        const before = evaluated(tree, source("apps/web"));
        const after = evaluation(touched(tree, path), source("apps/web"));
        if (after.state === "failed") return;
        if (!before.closure.files.some((file) => file.at === path)) {
          expect(after.closure.digest).toBe(before.closure.digest);
        }
        if (after.closure.digest !== before.closure.digest) return;
        expect(await kustomize(touched(tree, path))).toBe(await kustomize(tree));
      }),
      { numRuns: numRuns * 2 },
    );
  });

  it("moves a Helm source's digest exactly when it is one of its files", () => {
    fc.assert(
      fc.property(helmCases, fc.nat(), ({ tree, options }, choice) => {
        const paths = Object.keys(tree);
        const path = paths[choice % paths.length] ?? "";
        const of = source("charts/web", { helm: options });
        const before = evaluated(tree, of);
        const reads = before.closure.files.some((file) => file.at === path);
        expect(digestOfSource(touched(tree, path), of) !== before.closure.digest).toBe(reads);
      }),
      { numRuns: 200 },
    );
  });

  it("leaves the reach standing only where the files stay the same, whichever file comes, goes or changes", () => {
    const cases = fc.oneof(
      kustomizeCases.map(({ tree }): readonly [Tree, Source] => [tree, source("apps/web")]),
      kustomizeCases.map(({ tree }): readonly [Tree, Source] => [tree, source("apps/web", { directory: { recurse: true } })]),
      kustomizeCases.map(({ tree }): readonly [Tree, Source] => [tree, source("bases", { directory: {} })]),
      helmCases.map(({ tree, options }): readonly [Tree, Source] => [tree, source("charts/web", { helm: options })]),
    );
    const names = fc.constantFrom("kustomization.yaml", "Chart.yaml", ".argocd-source.yaml", "values.yaml", "new.yaml", "none.yaml");
    fc.assert(
      fc.property(cases, fc.nat(), names, fc.constantFrom("touch", "add", "remove"), ([tree, of], choice, name, change) => {
        const paths = Object.keys(tree);
        const path = paths[choice % paths.length] ?? "";
        const { [path]: _, ...without } = tree;
        const beside = `${path.slice(0, path.lastIndexOf("/") + 1)}${name}`;
        const after = change === "touch" ? touched(tree, path) : change === "remove" ? without : { ...tree, [beside]: "level: one\n" };
        const before = evaluation(tree, of);
        if (!closureUnchanged(before.reaches.own, memorySnapshot(after))) return;
        const again = evaluation(after, of);
        expect(again.state === "evaluated" && again.closure.digest).toBe(before.state === "evaluated" && before.closure.digest);
      }),
      { numRuns: 500 },
    );
  });
});
