import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { faultIds as simulated } from "./simulation/generate-faults.ts";

/** What goes wrong in the world, by the ids that titles of tests and the simulator's table carry. */
const faults: Readonly<Record<string, string>> = {
  "F-01": "a crash before or after a call",
  "F-02": "a message that comes many times",
  "F-03": "messages out of order",
  "F-04": "a hint that is lost",
  "F-05": "a message that cannot be sent after the commit",
  "F-06": "a commit whose answer is lost",
  "F-07": "news told twice, late, or by two at once",
  "F-08": "two workers at once",
  "F-09": "a worker that comes back after it lost its lease",
  "F-10": "clocks five minutes apart",
  "F-11": "a throttled service",
  "F-12": "an invocation that runs out of time in an apply",
  "F-13": "a render that runs out of memory",
  "F-14": "a token that expires on the way",
  "F-15": "an API server that is busy, away, or resets after the commit",
  "F-16": "a conflict with another field manager",
  "F-17": "CRDs and namespaces that must come first",
  "F-18": "a finalizer that holds an object",
  "F-19": "health that never comes, or flaps",
  "F-20": "a newer commit in the middle of an older one",
  "F-21": "a force-push back to an older commit",
  "F-22": "a ref that lags its webhook",
  "F-23": "a Git host that is down, refuses or slows us",
  "F-24": "webhooks that never come",
  "F-25": "a burst of a hundred pushes",
  "F-26": "a busy team beside a quiet one",
  "F-27": "dead letters, sent back a week later",
  "F-28": "old and new code side by side",
  "F-29": "a table restored to five minutes ago",
  "F-30": "a table that is lost",
  "F-31": "one cluster of several that is away",
  "F-32": "a place for notices that is away for an hour",
  "F-33": "a schedule that fires twice or never",
  "F-34": "clean-up that comes late, early, or during a rollback",
  "F-35": "a drift scan in the middle of a sync",
  "F-36": "a cluster that comes back with a thousand Applications waiting",
};

const folder = dirname(fileURLToPath(import.meta.url));

/** Titles of tests that name a fault, with their file. */
const titles = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".test.ts"))
  .flatMap((path) =>
    [...readFileSync(join(folder, path), "utf8").matchAll(/\b(?:it|describe)(?:\.each\([^"`]*\))?\(\s*["`]([^"`]*F-\d\d[^"`]*)["`]/g)].map(
      ([, title = ""]) => ({ path, title }),
    ),
  );

it("every fault has a test that names it, or schedules of the simulator", () => {
  const rows = Object.entries(faults).map(([id, what]) => {
    const named = titles.filter(({ title }) => title.includes(id));
    return {
      id,
      what,
      shown: [...named.map(({ path, title }) => `${path}: ${title}`), ...(simulated.includes(id) ? ["schedules"] : [])],
    };
  });
  console.log(rows.map(({ id, what, shown }) => `${id} ${what}\n${shown.map((each) => `       ${each}`).join("\n")}`).join("\n"));
  expect(rows.filter(({ shown }) => shown.length === 0).map(({ id, what }) => `${id} ${what}`)).toEqual([]);
});

it("every fault strikes in schedules", () => {
  const workloads = ["F-25"];
  expect(Object.keys(faults).filter((id) => !simulated.includes(id) && !workloads.includes(id))).toEqual([]);
});

it("no test names a fault that is not listed", () => {
  const named = titles.flatMap(({ title }) => title.match(/F-\d\d/g) ?? []);
  expect(named.filter((id) => !(id in faults))).toEqual([]);
});
