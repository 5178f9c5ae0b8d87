import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kubectl, newNamespace, type TestControlPlane, testControlPlane } from "../support/control-plane.ts";
import { applicationYaml, configMapYaml } from "../support/declarations.ts";
import { eventually } from "../support/eventually.ts";
import { control } from "../support/fleet.ts";
import { startTestStack, type TestStack } from "../support/stack.ts";
import { history, linesOf, synced } from "../support/stack-reading.ts";

const names = Array.from({ length: 12 }, (_, at) => `app-${at + 1}`);
/** The first four stand on the base, the others for themselves. */
const onBase = names.slice(0, 4);

let cluster: TestControlPlane;
let stack: TestStack;
let namespace: string;

beforeAll(async () => {
  cluster = await testControlPlane();
  namespace = await newNamespace(cluster, "monorepo");
  stack = await startTestStack([{ ...cluster, name: "harbor" }]);
  const own = (name: string) => `namePrefix: ${name}-\nresources:\n- ${onBase.includes(name) ? "../../base" : "web.yaml"}\n`;
  const files = names.flatMap((name) => [
    [`apps/${name}/kustomization.yaml`, own(name)] as const,
    ...(onBase.includes(name) ? [] : [[`apps/${name}/web.yaml`, configMapYaml("web", { image: "1.27" })] as const]),
  ]);
  await stack.push("mono/repo", {
    "base/kustomization.yaml": "resources:\n- web.yaml\n",
    "base/web.yaml": configMapYaml("web", { image: "1.27" }),
    ...Object.fromEntries(files),
  });
  const declared = names.map(
    (name) => [`${name}.yaml`, applicationYaml(name, { repository: "mono/repo", path: `apps/${name}`, namespace })] as const,
  );
  await stack.push(control, Object.fromEntries(declared));
  await Promise.all(names.map((name) => atRest(name)));
});
afterAll(() => stack?.stop());

/** Synced, and its news is told, alone or with that of others: nothing more is written about it. */
const atRest = async (name: string, sha?: string) => {
  await synced(stack, name, sha);
  const events = (await history(stack, name)).map(({ id }) => id);
  await eventually(`people heard of ${name}`, async () => {
    const told = new Set((await itemsOf(name)).flatMap(({ sk, told: ids }) => (sk.startsWith("notice#") && Array.isArray(ids) ? ids : [])));
    return events.every((id) => told.has(id));
  });
};

/** All that the table has of an Application, to see that nothing of it was written. */
const itemsOf = async (name: string) => (await stack.table.query({ pk: `app#${name}` })).items;
const imagesOf = async (): Promise<Readonly<Record<string, string>>> => {
  const path = '{range .items[*]}{.metadata.name}={.data.image}{"\\n"}{end}';
  const lines = (await kubectl(cluster, ["-n", namespace, "get", "configmaps", "-o", `jsonpath=${path}`])).trim().split("\n");
  return Object.fromEntries(lines.map((line) => line.split("=")));
};
const fetched = (sha: string) => eventually("the push was looked at", () => linesOf(stack, "fetched").find((line) => line.sha === sha));

/** Pushes, waits until exactly these have synced it, and answers how many renders and syncs that took. */
const pushTouching = async (touched: readonly string[], files: Readonly<Record<string, string>>) => {
  const others = names.filter((name) => !touched.includes(name));
  const before = await Promise.all(others.map(itemsOf));
  const counts = () => ({
    renders: linesOf(stack, "rendered").filter(({ known }) => known === false).length,
    syncs: linesOf(stack, "sync-synced").length,
  });
  const [old, sha] = [counts(), await stack.push("mono/repo", files)];
  await Promise.all(touched.map((name) => atRest(name, sha)));
  expect(await fetched(sha)).toMatchObject({ groups: names.length, touched: touched.length });
  expect(await Promise.all(others.map(itemsOf))).toEqual(before);
  const now = counts();
  return { renders: now.renders - old.renders, syncs: now.syncs - old.syncs };
};

describe("a repository of many Applications", () => {
  it("is no storm of messages: the first few are told alone, and the others together (F-32)", async () => {
    const told = () => {
      const texts = stack.slack.messages().map(({ text }) => text);
      const alone = new Set(texts.flatMap((text) => /\b(app-\d+) is (?:synced|healthy)/.exec(text)?.[1] ?? [])).size;
      const together = texts.flatMap((text) => Number(/(\d+) more Applications are (?:synced|healthy)/.exec(text)?.[1] ?? 0));
      return { alone, all: together.reduce((sum, count) => sum + count, alone) };
    };
    await eventually("people heard of all", () => told().all >= names.length);
    expect(told().alone).toBeLessThan(names.length);
    expect(told().all).toBe(names.length);
  });

  it("renders and syncs the one whose files a push touches, and writes nothing for the others", async () => {
    const cost = await pushTouching(["app-9"], { "apps/app-9/web.yaml": configMapYaml("web", { image: "1.28" }) });
    expect(cost).toEqual({ renders: 1, syncs: 1 });
    expect(await imagesOf()).toMatchObject({ "app-9-web": "1.28", "app-8-web": "1.27", "app-1-web": "1.27" });
  });

  it("renders and syncs exactly those that reach a shared base which a push touches", async () => {
    const cost = await pushTouching(onBase, { "base/web.yaml": configMapYaml("web", { image: "1.29" }) });
    expect(cost).toEqual({ renders: onBase.length, syncs: onBase.length });
    const images = await imagesOf();
    expect(onBase.map((name) => images[`${name}-web`])).toEqual(onBase.map(() => "1.29"));
    expect(images).toMatchObject({ "app-5-web": "1.27", "app-12-web": "1.27" });
  });

  it("renders nothing again that it has rendered before", async () => {
    const cost = await pushTouching(onBase, { "base/web.yaml": configMapYaml("web", { image: "1.27" }) });
    expect(cost.syncs).toBe(onBase.length);
    expect(cost.renders).toBe(0);
    expect(await imagesOf()).toMatchObject({ "app-1-web": "1.27" });
  });

  it("has one entry of history for each of its syncs", async () => {
    const kinds = async (name: string) => (await history(stack, name)).map(({ kind }) => kind).filter((kind) => kind === "synced");
    expect((await kinds("app-1")).length).toBe(3);
    expect((await kinds("app-9")).length).toBe(2);
    expect((await kinds("app-12")).length).toBe(1);
  });
});
