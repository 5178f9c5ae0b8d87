import { describe, expect, it } from "vitest";
import { narrator } from "../../../../infra/local/terminal/narrator.ts";
import { outputForPeople, outputForPrograms } from "../../../../infra/local/terminal/output.ts";
import { painter } from "../../../../infra/local/terminal/paint.ts";

const touched = { event: "push-touched", sha: "a".repeat(40), subject: "", applications: ["shop"], count: 1 };
const applied = {
  event: "health-healthy",
  application: "shop",
  cluster: "quay",
};

describe("the narrator", () => {
  it("tells events in their order, also when it has to look something up", async () => {
    const printed: string[] = [];
    const names = async () => new Promise<readonly string[]>((done) => setImmediate(() => done(["shop", "tides"])));
    const { tell, told } = narrator({ print: (line) => printed.push(line.slice(10)), paint: painter(false), names });
    tell(touched);
    tell(applied);
    await told();
    expect(printed).toEqual(["touches   shop; not tides", "healthy   shop on quay"]);
  });

  it("goes on when nobody can say what else there is", async () => {
    const printed: string[] = [];
    const names = () => Promise.reject(new Error("the table is gone"));
    const { tell, told } = narrator({ print: (line) => printed.push(line.slice(10)), paint: painter(false), names });
    tell(touched);
    await told();
    expect(printed).toEqual(["touches   shop"]);
  });

  it("said that a push touches nothing, right after what it touches, where fetch looked twice", async () => {
    const printed: string[] = [];
    const { tell, told } = narrator({ print: (line) => printed.push(line.slice(10)), paint: painter(false), names: async () => ["shop"] });
    tell(touched);
    tell({ ...touched, applications: [], count: 0 });
    tell({ ...touched, sha: "b".repeat(40), applications: [], count: 0 });
    await told();
    expect(printed).toEqual(["touches   shop", expect.stringContaining("touches   nothing")]);
  });

  it("said that a webhook never came, which had just come, where a poll looked at the same moment", async () => {
    const printed: string[] = [];
    const { tell, told } = narrator({ print: (line) => printed.push(line.slice(10)), paint: painter(false), names: async () => [] });
    const push = { ref: "refs/heads/main", before: "b".repeat(40) };
    tell({ ...push, event: "push-received", after: touched.sha, pusher: "ada" });
    tell({ ...push, event: "poll-found", sha: touched.sha });
    tell({ ...push, event: "poll-found", sha: "c".repeat(40) });
    await told();
    expect(printed).toEqual(["push      aaaaaaa to main by ada", expect.stringContaining("found     ccccccc")]);
  });

  it("says nothing twice in a row", async () => {
    const printed: string[] = [];
    const { tell, told } = narrator({ print: (line) => printed.push(line.slice(10)), paint: painter(false), names: async () => [] });
    for (const cluster of ["quay", "quay", "harbor", "quay"]) tell({ ...applied, cluster });
    await told();
    expect(printed).toEqual(["healthy   shop on quay", "healthy   shop on harbor", "healthy   shop on quay"]);
  });

  it("takes the first look at a repository for no push", async () => {
    const printed: string[] = [];
    const { tell, told } = narrator({ print: (line) => printed.push(line), paint: painter(false), names: async () => ["shop"] });
    tell({ event: "poll-found", ref: "refs/heads/main", sha: touched.sha });
    tell(touched);
    await told();
    expect(printed).toEqual([]);
  });
});

describe("what npm start says", () => {
  it("is one JSON object per line for programs", async () => {
    const lines: string[] = [];
    const output = outputForPrograms((line) => lines.push(line));
    output.step({ name: "Slack", state: "working" });
    output.event({ ...applied, function: "sync" });
    await output.say(["a sentence", "for people"], { event: "ready", git: "http://127.0.0.1" });
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      { event: "step", name: "Slack", state: "working" },
      { ...applied, function: "sync" },
      { event: "ready", git: "http://127.0.0.1" },
    ]);
  });

  it("is lines for people, with what was told before them", async () => {
    const printed: string[] = [];
    const screen = { interactive: false, print: (...lines: readonly string[]) => void printed.push(...lines), move: () => {} };
    const output = outputForPeople(screen, painter(false), async () => []);
    output.event(applied);
    await output.say(["a sentence"], { event: "x" });
    expect(printed.map((line) => line.replace(/^\S+ {2}/, ""))).toEqual(["healthy   shop on quay", "a sentence"]);
  });
});
