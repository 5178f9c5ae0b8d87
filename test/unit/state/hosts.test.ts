import { describe, expect, it } from "vitest";
import { Failure } from "../../../shared/model/failure.ts";
import type { RepositoryAccess } from "../../../shared/ports/git.ts";
import { askHost } from "../../../shared/state/hosts.ts";
import { memoryTable } from "../../fakes/memory-table.ts";

const web: RepositoryAccess = { url: "https://git.example.com/team/web.git" };
const shop: RepositoryAccess = { url: "git@git.example.com:team/shop.git" };
const elsewhere: RepositoryAccess = { url: "https://charts.example.org/stable" };
const limited = (retryAfter?: number) =>
  new Failure("RepositoryUnreachable", "web", "git.example.com/team/web answers 429 at the moment; it is tried again.", {
    ...(retryAfter !== undefined && { retryAfter }),
  });

const world = () => {
  const table = memoryTable();
  const told: { event: string; facts: object }[] = [];
  let now = 1_000_000_000_000;
  const given = { table, clock: { now: () => now }, journal: { tell: (event: string, facts: object) => void told.push({ event, facts }) } };
  let asked = 0;
  return {
    table,
    told,
    asked: () => asked,
    pass: (seconds: number) => {
      now += seconds * 1000;
    },
    ask: (at: RepositoryAccess, failure?: Failure) =>
      askHost(at, at.url, given, async () => {
        asked += 1;
        if (failure) throw failure;
        return "answer";
      }),
  };
};

describe("a host that asks us to wait (F-23)", () => {
  it("is not asked again before, for any of its repositories, and by nobody", async () => {
    const { ask, asked, pass, told } = world();
    await expect(ask(web, limited(120))).rejects.toMatchObject({ retryAfter: 120 });
    await expect(ask(web)).rejects.toMatchObject({ code: "RepositoryUnreachable", retry: true, retryAfter: 120 });
    pass(60);
    await expect(ask(shop)).rejects.toMatchObject({ retryAfter: 60, message: expect.stringContaining("is not asked again for 60 s") });
    expect(asked()).toBe(1);
    expect(told).toMatchObject([{ event: "host-paused", facts: { host: "git.example.com", seconds: 120 } }]);
    pass(60);
    expect(await ask(shop)).toBe("answer");
  });

  it("holds up no other host", async () => {
    const { ask } = world();
    await expect(ask(web, limited(120))).rejects.toThrow();
    expect(await ask(elsewhere)).toBe("answer");
  });

  // One team's token had used up what it may, and nobody could read anything of that host.
  it("holds up none of those whom it knows by another login", async () => {
    const { ask, told } = world();
    const [ours, theirs] = [
      { ...web, login: "team-a" },
      { ...shop, login: "team-b" },
    ];
    await expect(ask(ours, limited(120))).rejects.toThrow();
    expect(told).toMatchObject([{ facts: { host: "git.example.com", login: "team-a" } }]);
    expect(await ask(theirs)).toBe("answer");
    expect(await ask(web)).toBe("answer");
    const message = expect.stringContaining("git.example.com asked team-a (repositoryCredentials) to wait");
    await expect(ask({ ...shop, login: "team-a" })).rejects.toMatchObject({ message });
  });

  it("is waited for an hour at most, also where the clock of whoever was asked is far ahead (F-10)", async () => {
    const { ask, pass } = world();
    await expect(ask(web, limited(86_400))).rejects.toThrow();
    await expect(ask(web)).rejects.toMatchObject({ retryAfter: 3_600 });
    pass(-300);
    expect(await ask(web)).toBe("answer");
  });

  it("costs nothing while no host asks for it, and a failure of one repository holds up no other", async () => {
    const { ask, table } = world();
    await ask(web);
    await expect(ask(web, limited())).rejects.toThrow();
    expect(await ask(shop)).toBe("answer");
    expect(table.writes).toBe(0);
  });

  it("that asks for more later is waited for until then, and told once for each pause", async () => {
    const { ask, told, pass } = world();
    await Promise.allSettled([ask(web, limited(30)), ask(shop, limited(90))]);
    await expect(ask(web)).rejects.toMatchObject({ retryAfter: 90 });
    expect(told).toHaveLength(1);
    pass(100);
    await Promise.allSettled([ask(web, limited(30))]);
    expect(told).toHaveLength(2);
  });
});
