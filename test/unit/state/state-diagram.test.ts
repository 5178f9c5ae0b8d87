import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { movers, stateDiagram } from "../../support/state-diagram.ts";

const root = join(import.meta.dirname, "../../..");
const picture = readFileSync(join(root, "shared/state/transitions/picture.md"), "utf8");

it("the picture of how Applications move is that of the table", () => {
  expect(picture).toContain(`\`\`\`mermaid\n${stateDiagram()}\n\`\`\``);
});

it("the picture names who makes each move", () => {
  expect(picture.split("\n").filter((line) => line.startsWith("- "))).toEqual(movers());
});
