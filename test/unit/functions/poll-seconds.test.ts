import { describe, expect, it } from "vitest";
import { pollSecondsBy } from "../../../functions/scan/poll-seconds.ts";
import { scheduleOf } from "../../../shared/config/intervals.ts";
import { installationOf } from "../config/installation.ts";

const installation = (connections: string) =>
  installationOf(`
controlRepository: { repoURL: "https://github.com/acme/gitops" }
clusters: [{ name: harbor, server: "https://10.0.0.1", credentials: harbor }]
intervals: { pollSeconds: 180 }
connections: ${connections}
`);

const github = '{ name: github, provider: github, secret: a, repositories: ["github.com/acme/*"]';

describe("intervals of polling", () => {
  it("are the schedule's where no connection has one of its own", () => {
    const plain = installation(`[${github} }]`);
    expect(pollSecondsBy(plain)("github.com/acme/web")).toBeUndefined();
    expect(scheduleOf(plain).poll).toBe(180);
  });

  it("are each connection's own: the schedule follows the most impatient, the others wait", () => {
    const both = installation(
      `[${github}, pollSeconds: 60 }, { name: gitlab, provider: gitlab, secret: b, repositories: ["gitlab.com/acme/**"], pollSeconds: 900 }]`,
    );
    expect(scheduleOf(both).poll).toBe(60);
    expect(["github.com/acme/web", "gitlab.com/acme/a/b", "example.com/other"].map(pollSecondsBy(both))).toEqual([60, 900, 180]);
  });
});
