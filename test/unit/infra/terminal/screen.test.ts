import { describe, expect, it } from "vitest";
import { painter, wantsColours } from "../../../../infra/local/terminal/paint.ts";
import { screenOn } from "../../../../infra/local/terminal/screen.ts";
import { stepsView } from "../../../../infra/local/terminal/steps.ts";

/** To the line's start, and away with everything from there on. */
const clear = "\r\u001b[0J";

/** A terminal that understands just the two movements that we use, and shows what a person would see. */
const terminal = (isTTY: boolean, columns = 60) => {
  let lines: string[] = [];
  return {
    isTTY,
    columns,
    write: (text: string) => {
      const [moves = "", ...rest] = text.includes(clear) ? text.split(clear) : ["", text];
      lines = lines.slice(0, lines.length - Number(/(\d+)A/.exec(moves)?.[1] ?? 0));
      lines.push(...rest.join("").split("\n").slice(0, -1));
    },
    seen: () => lines,
  };
};

describe("the screen", () => {
  it("keeps what was printed and replaces what is in motion", () => {
    const stream = terminal(true);
    const screen = screenOn(stream);
    screen.move(["working on a", "working on b"]);
    screen.print("a is done");
    screen.move(["working on b"]);
    expect(stream.seen()).toEqual(["a is done", "working on b"]);
    screen.move([]);
    expect(stream.seen()).toEqual(["a is done"]);
  });

  it("cuts what would wrap, since two lines could not be taken back as one", () => {
    const stream = terminal(true, 20);
    const screen = screenOn(stream);
    screen.move([painter(true)("bad", "a line that is far too long")]);
    expect(stream.seen()).toEqual(["a line that is far…"]);
  });

  it("moves nothing where nobody watches", () => {
    const stream = terminal(false);
    const screen = screenOn(stream);
    screen.move(["working"]);
    screen.print("done");
    expect(stream.seen()).toEqual(["done"]);
  });
});

describe("steps", () => {
  it("are a line with a tick each, in the order in which they were done", () => {
    const stream = terminal(false);
    const view = stepsView(screenOn(stream), painter(false));
    view.show({ name: "Git server", state: "working" });
    view.show({ name: "Slack", state: "working" });
    view.show({ name: "Slack", state: "up", detail: "http://127.0.0.1:1", seconds: 0.01 });
    view.show({ name: "Git server", state: "up", detail: "http://127.0.0.1:2", seconds: 1.26 });
    expect(stream.seen()).toEqual(["✔ Slack                  http://127.0.0.1:1", "✔ Git server             http://127.0.0.1:2 (1.3 s)"]);
  });

  it("show a bar on a terminal while something is built", () => {
    const stream = terminal(true, 100);
    const view = stepsView(screenOn(stream), painter(false));
    view.show({ name: "Kubernetes", state: "working", detail: "building etcd with Go", done: 0.5 });
    expect(stream.seen().join()).toContain("████████████░░░░░░░░░░░░  50 % building etcd with Go");
    view.end();
    expect(stream.seen()).toEqual([]);
  });

  it("say in a log when another tenth is done, and nothing twice", () => {
    const stream = terminal(false);
    const view = stepsView(screenOn(stream), painter(false));
    for (const done of [0, 0.01, 0.09, 0.1, 0.15, 0.2]) view.show({ name: "Kubernetes", state: "working", detail: "building", done });
    expect(stream.seen().map((line) => line.replace(/\s+/g, " "))).toEqual([
      "… Kubernetes building: 0 %",
      "… Kubernetes building: 10 %",
      "… Kubernetes building: 20 %",
    ]);
  });
});

describe("colours", () => {
  it("are for terminals, unless the person said otherwise", () => {
    expect(wantsColours({ isTTY: true }, { TERM: "xterm" })).toBe(true);
    expect(wantsColours({ isTTY: false }, { TERM: "xterm" })).toBe(false);
    expect(wantsColours({ isTTY: true }, { TERM: "xterm", NO_COLOR: "1" })).toBe(false);
    expect(wantsColours({ isTTY: true }, { TERM: "dumb" })).toBe(false);
    expect(wantsColours({}, { FORCE_COLOR: "1" })).toBe(true);
  });
});
