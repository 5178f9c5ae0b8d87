import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { beforeAll, describe, expect, it } from "vitest";
import { localTools } from "../../infra/local/tools.ts";
import { documentWith, refused, scalars } from "../unit/render/scalars.ts";

/** Nothing about YAML is taken on trust: each row of the table that our reader is tested with is put to kubectl itself. */
describe("the real kubectl", () => {
  let kubectl: string;
  beforeAll(async () => {
    kubectl = (await localTools()).kubectl;
  });

  const ask = async (document: string): Promise<unknown> => {
    const child = spawn(kubectl, ["label", "--local", "--output=json", "--filename=-", "a=b"], { stdio: ["pipe", "pipe", "ignore"] });
    child.stdin.end(document);
    const output = await text(child.stdout);
    return output === "" ? refused : JSON.parse(output).extra;
  };

  it.each(scalars)("makes of %s what the table says", async (scalar, value) => {
    expect(await ask(documentWith(scalar))).toEqual(value);
  });
});
