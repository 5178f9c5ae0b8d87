#!/usr/bin/env node
// The code is TypeScript that Node 24 runs directly. An older node, such as the one on the PATH, hands over to the one that npm installed.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const major = Number(process.versions.node.split(".")[0]);

if (major >= 24) {
  await import("./main.ts");
} else {
  const node = fileURLToPath(new URL("../node_modules/.bin/node", import.meta.url));
  if (!existsSync(node)) {
    console.error(`fairlead: needs Node 24, this is ${process.version}; run npm ci in ${fileURLToPath(new URL("..", import.meta.url))}`);
    process.exit(1);
  }
  const { status, signal } = spawnSync(node, [main, ...process.argv.slice(2)], { stdio: "inherit" });
  process.exit(signal ? 1 : (status ?? 1));
}
