import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { git } from "../../infra/local/git-host/git.ts";
import { startGitHost } from "../../infra/local/git-host/start.ts";
import { sampleClusters, sampleFolder, sampleRepository, seedSample } from "../../infra/local/sample/sample.ts";
import { localTools } from "../../infra/local/tools.ts";
import { parseApplication } from "../../shared/argocd/parse-application.ts";
import type { Application } from "../../shared/model/application.ts";
import { parseManifests } from "../../shared/render/manifests.ts";
import { kubectl, newNamespace, testControlPlane } from "../support/control-plane.ts";

async function applicationsBelow(directory: string): Promise<readonly Application[]> {
  const names = await readdir(join(sampleFolder, directory));
  const texts = await Promise.all(names.map((name) => readFile(join(sampleFolder, directory, name), "utf8")));
  return texts
    .flatMap((text) => parseManifests(text, directory).manifests)
    .map((manifest) => {
      const parsed = parseApplication(manifest);
      if (parsed.state === "refused") throw parsed.failure;
      expect(parsed.warnings).toEqual([]);
      return parsed.application;
    });
}

async function rendered(directory: string): Promise<string> {
  const tools = await localTools();
  const path = join(sampleFolder, directory);
  const files = await readdir(path);
  const run = async (program: string, args: readonly string[]) => (await promisify(execFile)(program, args, { env: {} })).stdout;
  if (files.includes("kustomization.yaml")) return run(tools.kubectl, ["kustomize", path]);
  if (files.includes("Chart.yaml")) return run(tools.helm, ["template", "tides", path, "--kube-version", "1.36.3"]);
  return (await Promise.all(files.map((file) => readFile(join(path, file), "utf8")))).join("\n---\n");
}

describe("the sample repository", () => {
  it("holds Applications that are read without a complaint and go to its two clusters", async () => {
    const top = await applicationsBelow(sampleRepository.controlPath);
    const children = await applicationsBelow("crew/applications");
    expect([...top, ...children].map(({ name, destination }) => `${name} → ${destination.name ?? destination.server}`).toSorted()).toEqual([
      "crew → https://kubernetes.default.svc",
      "ferry → quay",
      "galley → quay",
      "lighthouse → quay",
      "radio → harbor",
      "shop-production → quay",
      "shop-staging → harbor",
      "tides → harbor",
    ]);
    expect(sampleClusters.names).toContain(sampleClusters.default);
    for (const { sources } of [...top, ...children]) expect(sources).toMatchObject([{ repoURL: sampleRepository.url }]);
  });

  it("renders to objects that a real API server takes", async () => {
    const cluster = await testControlPlane();
    const applications = [...(await applicationsBelow("control")), ...(await applicationsBelow("crew/applications"))];
    const paths = applications.flatMap(({ sources }) => sources.map(({ path }) => path ?? ""));
    for (const path of paths.filter((path) => path !== "crew/applications")) {
      const namespace = await newNamespace(cluster, "sample");
      const answer = await kubectl(
        cluster,
        ["-n", namespace, "apply", "--server-side", "--dry-run=server", "-f", "-"],
        await rendered(path),
      );
      expect(answer, path).toContain("serverside-applied (server dry run)");
    }
  });

  it("is put on a Git host once: what people push there stays", async () => {
    const folder = await mkdtemp(join(tmpdir(), "fairlead-sample-host-"));
    const host = await startGitHost({ folder, credentials: { username: "ada", password: "secret" } });
    try {
      await seedSample(host);
      const files = await git(host.path(sampleRepository.name), ["ls-tree", "-r", "--name-only", "main"]);
      expect(files.split("\n")).toEqual(expect.arrayContaining(["README.md", "control/crew.yaml", "charts/tides/templates/_helpers.tpl"]));
      const first = await git(host.path(sampleRepository.name), ["rev-parse", "main"]);
      await seedSample(host);
      expect(await git(host.path(sampleRepository.name), ["rev-parse", "main"])).toBe(first);
    } finally {
      await host.stop();
      await rm(folder, { recursive: true });
    }
  });
});
