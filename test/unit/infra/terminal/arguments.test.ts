import { describe, expect, it } from "vitest";
import { readStartArguments, startHelp } from "../../../../infra/local/terminal/arguments.ts";

describe("the command line of npm start", () => {
  it("needs nothing", () => {
    expect(readStartArguments([])).toEqual({
      kind: "start",
      options: { folder: ".fairlead", folderGiven: false, uncaged: false, demo: false, json: false },
    });
  });

  it("takes a cluster, an installation file and a folder of one's own", () => {
    const given = ["--kubeconfig", "k", "--context", "c", "--config", "f.yaml", "--folder", "d", "--uncaged", "--demo", "--json"];
    expect(readStartArguments(given)).toEqual({
      kind: "start",
      options: {
        folder: "d",
        folderGiven: true,
        kubeconfig: "k",
        context: "c",
        config: "f.yaml",
        uncaged: true,
        demo: true,
        json: true,
      },
    });
  });

  it.each([
    ["an option that is not known", ["--kubekonfig", "k"], "--kubekonfig"],
    ["a word that is no option", ["demo"], "demo"],
    ["an option without its value", ["--kubeconfig"], "--kubeconfig"],
    ["an empty value", ["--folder", ""], "--folder"],
    ["a context of no kubeconfig", ["--context", "c"], "--kubeconfig"],
  ])("refuses %s and names it", (_, given, named) => {
    const answer = readStartArguments(given);
    expect(answer).toMatchObject({ kind: "wrong" });
    expect(answer.kind === "wrong" && answer.message).toContain(named);
  });

  it("explains every option it takes", () => {
    expect(readStartArguments(["--help"])).toEqual({ kind: "help" });
    for (const option of [
      "--kubeconfig FILE",
      "--context NAME",
      "--config FILE",
      "--folder DIR",
      "--uncaged",
      "--demo",
      "--json",
      "--help",
    ])
      expect(startHelp()).toContain(option);
  });
});
