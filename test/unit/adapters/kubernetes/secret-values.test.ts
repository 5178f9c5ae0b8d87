import { describe, expect, it } from "vitest";
import { withoutSecretValues } from "../../../../shared/adapters/kubernetes/secret-values.ts";
import type { Json } from "../../../../shared/model/json.ts";
import type { Manifest } from "../../../../shared/model/manifest.ts";

const secret = (values: Readonly<Record<string, Json>>): Manifest => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "db" },
  ...values,
});
const withheld = "the server's message is withheld, it quotes a value of the Secret";
const base64 = (text: string) => Buffer.from(text).toString("base64");
const key = `-----BEGIN KEY-----\n${"MIIEow".repeat(11)}\n${"IBAAKC".repeat(500)}\n-----END KEY-----\n`;

describe("a server's message about a Secret (S-01)", () => {
  it.each([
    ["as it is", { stringData: { a: "hunter22" } }, 'denied: "hunter22" is weak'],
    ["decoded", { data: { a: base64("hunter22") } }, "denied: hunter22 is weak"],
    ["decoded, without the newline behind it", { data: { a: base64("hunter22\n") } }, "denied: hunter22 is weak"],
    ["encoded", { stringData: { a: "hunter22" } }, `denied: ${base64("hunter22")} is weak`],
    ["escaped", { stringData: { a: 'hunt"er\\22' } }, String.raw`denied: "hunt\"er\\22" is weak`],
    ["one line of several", { stringData: { a: key } }, `denied: ${"MIIEow".repeat(11)}`],
    ["with its end cut off", { stringData: { a: key } }, `denied: ${"IBAAKC".repeat(100)}`],
    ["deep in what is no string", { data: { a: { b: ["hunter22"] } } }, 'denied: map[b:["hunter22"]]'],
    ["a number as Go prints it", { stringData: { a: 12_345_678.5 } }, "denied: 1.23456785e+07"],
  ])("is withheld where it quotes a value %s", (_, values, message) => {
    expect(withoutSecretValues(secret(values), message)).toBe(withheld);
  });

  it("keeps what is wrong and where, without what the server got", () => {
    const message = ".stringData.a: expected string, got &value.valueUnstructured{Value:1} .data.b: expected string, got &{2}";
    expect(withoutSecretValues(secret({ stringData: { a: 1 }, data: { b: 2 } }), message)).toBe(
      ".stringData.a: expected string, got something else, which is withheld as a value of the Secret",
    );
  });

  it("is told where it quotes none, and of every other kind", () => {
    const values = { stringData: { a: "hunter22" } };
    expect(withoutSecretValues(secret(values), "no room left")).toBe("no room left");
    expect(withoutSecretValues({ ...secret(values), kind: "ConfigMap" }, "hunter22, got &{x}")).toBe("hunter22, got &{x}");
  });
});
