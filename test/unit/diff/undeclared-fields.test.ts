import { describe, expect, it } from "vitest";
import { applyDeclared } from "../../../shared/diff/undeclared-fields.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import type { ApplyAnswer } from "../../../shared/ports/cluster.ts";
import { fakeCluster } from "../../fakes/fake-cluster.ts";

const pod: Manifest = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web", namespace: "default" },
  surprise: "top",
  spec: {
    containers: [
      { name: "web", image: "web:1", surprise: 1, ports: [{ containerPort: 80, protocol: "TCP", odd: true }] },
      { name: "side", image: "side:1", surprise: 2 },
    ],
    list: [{ odd: 1 }, { odd: 2 }],
  },
};

/** A server that says this of the first apply, and takes the second; what it was sent. */
const played = async (message: string, validate: boolean) => {
  const sent: Manifest[] = [];
  const refused: ApplyAnswer = { state: "refused", reason: "Invalid", message, fields: [] };
  const cluster = {
    ...fakeCluster(),
    apply: async (manifest: Manifest): Promise<ApplyAnswer> => {
      sent.push(manifest);
      return sent.length === 1 ? refused : { state: "applied", object: manifest, created: true };
    },
  };
  const answer = await applyDeclared(cluster, pod, { fieldManager: "fairlead", force: true, validate });
  return { answer, sent };
};

const told = (...paths: readonly string[]) =>
  `failed to create typed patch object (default/web; /v1, Kind=Pod): errors:\n${paths.map((path) => `  ${path}: field not declared in schema`).join("\n")}`;

describe("an apply that need not be valid", () => {
  it("leaves out the fields that the server does not know, wherever they stand, and those alone", async () => {
    const { answer, sent } = await played(
      told(
        ".surprise",
        '.spec.containers[name="web"].surprise',
        '.spec.containers[name="web"].ports[containerPort=80,protocol="TCP"].odd',
        ".spec.list[1].odd",
      ),
      false,
    );
    expect(answer).toMatchObject({ state: "applied" });
    expect(sent[1]).toEqual({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "web", namespace: "default" },
      spec: {
        containers: [
          { name: "web", image: "web:1", ports: [{ containerPort: 80, protocol: "TCP" }] },
          { name: "side", image: "side:1", surprise: 2 },
        ],
        list: [{ odd: 1 }, {}],
      },
    });
  });

  it("passes every other refusal on", async () => {
    const { answer, sent } = await played("spec.containers[0].image: Required value", false);
    expect(answer).toMatchObject({ state: "refused" });
    expect(sent).toHaveLength(1);
  });
});

describe("an apply that must be valid", () => {
  it("is refused by the name of the field", async () => {
    const { answer, sent } = await played(told(".surprise"), true);
    expect(answer).toMatchObject({ state: "refused", message: expect.stringContaining(".surprise") });
    expect(sent).toHaveLength(1);
  });
});
