import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { bundleKey } from "../../shared/model/bundle.ts";
import type { Cage, CageRequest } from "../../shared/ports/cage.ts";
import { realCage } from "../support/cage.ts";
import { bundleOf } from "../support/render.ts";
import { simulatedCage } from "./simulated.ts";

const settings = (name: string) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { of: name } });

const kustomization = (): CageRequest => {
  const packed = bundleOf({
    "app/kustomization.yaml": "resources: [a.json, b.json]\n",
    "app/a.json": JSON.stringify(settings("a")),
    "app/b.json": JSON.stringify(settings("b")),
  });
  const bundles = [{ at: "source", key: bundleKey(packed), packed }];
  const limits = { seconds: 30, outputBytes: 10_000_000 };
  return { tenant: "default", tool: "kustomize", arguments: ["."], folder: "source/app", bundles, files: [], limits };
};

// The simulator's knows this much of one tool, and no more: its schedules ask for nothing else.
describe.each([
  ["simulated", async () => simulatedCage()],
  ["a real one", () => realCage()],
] as const)("a cage (%s)", (_, open) => {
  let cage: Cage & { close?(): Promise<void> };
  beforeAll(async () => {
    cage = await open();
  });
  afterAll(() => cage.close?.());

  it("gives the resources that a kustomization lists, each as a document", async () => {
    const answer = await cage.run(kustomization());
    const printed = answer.state === "done" ? parseAllDocuments(answer.output).map((document) => document.toJS()) : answer;
    expect(printed).toEqual([settings("a"), settings("b")]);
  });
});
