import { describe, expect, it } from "vitest";
import { bundleOf, pathsOf } from "../../../shared/fetch/closure/bundle.ts";
import { prepareSource } from "../../../shared/fetch/source/stored-bundle.ts";
import { bundleKey, unpackBundle } from "../../../shared/model/bundle.ts";
import type { Snapshot } from "../../../shared/ports/git.ts";
import { memoryArtifacts } from "../../fakes/memory-artifacts.ts";
import { memorySnapshot, type Tree } from "../../fakes/memory-snapshot.ts";
import { applicationAt, fetchWorld, monorepo } from "../../support/fetch-world.ts";
import { evaluated, failureOf, source } from "./closure-cases.ts";

const tree: Tree = {
  "c/Chart.yaml": "name: c",
  "c/run.sh": { script: "#!/bin/sh" },
  "c/link.yaml": { target: "../shared/a.yaml" },
  "shared/a.yaml": "kind: A",
  "elsewhere/b.yaml": "kind: B",
};

describe("a bundle", () => {
  const snapshot = memorySnapshot(tree);
  const { closure } = evaluated(snapshot, source("c"));

  it("has a closure's files and nothing else, symlinks as what they point to, executables as such", () => {
    const files = unpackBundle(bundleOf(closure, snapshot)).map(({ path, bytes, executable }) => [path, `${bytes}`, executable]);
    expect(files).toEqual([
      ["c/Chart.yaml", "name: c", false],
      ["c/link.yaml", "kind: A", false],
      ["c/run.sh", "#!/bin/sh", true],
    ]);
  });

  it("is the same bytes for the same files of another commit", () => {
    const later = memorySnapshot({ ...tree, "elsewhere/b.yaml": "kind: Other" }, "f".repeat(40));
    expect(bundleKey(bundleOf(evaluated(later, source("c")).closure, later))).toBe(bundleKey(bundleOf(closure, snapshot)));
  });

  it("takes files from elsewhere, such as fetched dependencies", () => {
    const extra = ["c/charts/redis/Chart.yaml", "/charts/lib/Chart.yaml"].map((path) => ({
      path,
      bytes: Buffer.from("x"),
      executable: false,
    }));
    const paths = unpackBundle(bundleOf(closure, snapshot, { extra })).map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(["c/charts/redis/Chart.yaml", "charts/lib/Chart.yaml"]));
  });

  it("over its size limit is refused, naming the largest file", () => {
    const large = memorySnapshot({ ...tree, "c/large.bin": "x".repeat(3_000_000) });
    const found = evaluated(large, source("c")).closure;
    const limits = { files: 100, bytes: 2 * 1024 * 1024 };
    expect(() => bundleOf(found, large, { limits })).toThrow(/limit of 2 MB.*c\/large.bin with 2.9 MB/);
    const extra = [{ path: "c/charts/x.tgz", bytes: Buffer.alloc(3_000_000), executable: false }];
    expect(() => bundleOf(closure, snapshot, { limits, extra })).toThrow(/x.tgz/);
  });

  it("over its number of files is refused, naming the source", () => {
    const failure = failureOf(tree, source("c"), { limits: { files: 2, bytes: 1000 } });
    expect(failure.code).toBe("LimitExceeded");
    expect(failure.message).toContain("c reaches more than 2 files");
  });
});

describe("storing what a source reads", () => {
  const values: Tree = { "prod.yaml": "{{ .Capabilities }}", "dev.yaml": "x" };

  it("prepares its files first, and puts own and lent ones into the artifact store", async () => {
    const asked: string[] = [];
    const lfs = (snapshot: Snapshot): Snapshot => ({ ...snapshot, prepare: async (paths) => void asked.push(...paths) });
    const snapshot = lfs(memorySnapshot(tree));
    const refs = new Map([["values", lfs(memorySnapshot(values))]]);
    const found = evaluated(snapshot, source("c", { helm: { valueFiles: ["$values/prod.yaml"] } }), { refs });
    const artifacts = memoryArtifacts();
    const prepared = await prepareSource(found, snapshot, refs, artifacts);
    expect(asked.toSorted()).toEqual(["c/Chart.yaml", "c/run.sh", "prod.yaml", "shared/a.yaml"]);
    expect(unpackBundle((await artifacts.get(prepared.bundle)) ?? new Uint8Array())).toHaveLength(3);
    const lent = unpackBundle((await artifacts.get(prepared.lent.values ?? "")) ?? new Uint8Array());
    expect(lent.map(({ path }) => path)).toEqual(["prod.yaml"]);
    expect(prepared.asksForApis).toBe(true);
  });

  it("packs once, however many Applications share the source", async () => {
    let reads = 0;
    const snapshot = memorySnapshot(tree);
    const counted: Snapshot = { ...snapshot, prepare: async () => void reads++ };
    const artifacts = memoryArtifacts();
    const keys = await Promise.all(
      ["a", "b", "c"].map((application) => {
        const found = evaluated(counted, source("c"), { application });
        return prepareSource(found, counted, new Map(), artifacts).then(({ bundle }) => bundle);
      }),
    );
    expect(new Set(keys).size).toBe(1);
    expect(reads).toBe(1);
  });

  it("asks for the API list only where something in the files does", async () => {
    const asks = async (files: Tree) => {
      const snapshot = memorySnapshot(files);
      return (await prepareSource(evaluated(snapshot, source("c")), snapshot, new Map(), memoryArtifacts())).asksForApis;
    };
    expect(await asks({ "c/Chart.yaml": "name: c" })).toBe(false);
    expect(await asks({ "c/Chart.yaml": "name: c", "c/templates/a.yaml": "{{ if .Capabilities.APIVersions.Has }}" })).toBe(true);
    expect(await asks({ "c/Chart.yaml": "name: c", "c/charts/redis-1.tgz": "packed" })).toBe(true);
  });

  it("reads each file of the snapshot where it is", () => {
    expect(pathsOf(evaluated(tree, source("c")).closure)).toEqual(["c/Chart.yaml", "shared/a.yaml", "c/run.sh"]);
  });
});

describe("limits.bundleBytes of the installation file", () => {
  it("had no effect: what a source reads may be as large as it says, and no larger", async () => {
    const world = fetchWorld();
    world.commit(monorepo, { "web/a.yaml": "kind: A" });
    await world.declare(applicationAt("web", "web"));
    await world.push({ "web/a.yaml": `kind: ${"x".repeat(world.world.bundleBytes)}` });
    expect((await world.state("web"))?.sourceError).toContain("more than the limit of 1 MB a source (limits.bundleBytes)");
  });
});
