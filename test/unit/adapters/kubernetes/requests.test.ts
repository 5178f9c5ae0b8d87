import { describe, expect, it } from "vitest";
import { ConnectionBroken } from "../../../../shared/adapters/kubernetes/broken.ts";
import { AnswerTooLarge, type Connection, type RawAnswer, type RawRequest } from "../../../../shared/adapters/kubernetes/connection.ts";
import { type Pace, retryAfterSeconds, sendTo } from "../../../../shared/adapters/kubernetes/requests.ts";

const answer = (status: number, body: object = {}, retryAfter?: string): RawAnswer => ({
  status,
  contentType: "application/json",
  retryAfter,
  body: Buffer.from(JSON.stringify(body)),
});

/** Sends over a connection that gives these answers in turn, and a clock that only waiting moves, or nothing where it stands still. */
const scripted = (
  script: readonly (RawAnswer | Error)[],
  { random = 0.5, still = false, token = async (_: { fresh: boolean }) => "t", clock = (now: number) => now } = {},
) => {
  const sent: RawRequest[] = [];
  const waits: number[] = [];
  let now = 0;
  const wait = async (ms: number): Promise<void> => {
    waits.push(ms);
    if (!still) now += ms;
  };
  const pace: Pace = { now: () => clock(now), elapsed: () => now, random: () => random, wait };
  const connection: Connection = {
    send: async (request) => {
      const next = script[sent.length];
      sent.push(request);
      if (next === undefined) throw new Error("the script is over");
      if (next instanceof Error) throw next;
      return next;
    },
    stream: () => Promise.reject(new ConnectionBroken("not in these tests")),
    close: async () => undefined,
  };
  const address = { name: "prod", server: new URL("https://prod.example"), allowLoopback: false };
  const open = () => {
    const send = sendTo(address, { token }, connection, pace);
    return () => send({ method: "GET", path: "/version" });
  };
  return { sent, waits, open, send: () => open()() };
};

describe("a request to an API server", () => {
  // Its deadline was measured by the machine's clock: a correction ended requests at once, or let them outlive their sender's lease.
  it.each([
    ["forward", 3_600_000],
    ["back", -3_600_000],
  ])("has as much time when the clock is set %s meanwhile", async (_, by) => {
    const busy = answer(429, {}, "9");
    let reads = 0;
    const clock = (now: number) => now + 1_700_000_000_000 + (++reads > 1 ? by : 0);
    const { send, waits, sent } = scripted([busy, busy, busy, answer(200)], { clock });
    expect((await send()).status).toBe(200);
    expect(sent).toHaveLength(4);
    expect(waits.reduce((sum, each) => sum + each, 0)).toBeLessThan(30_000);
    const slow = scripted([busy, answer(429, {}, "25"), answer(200)], { clock });
    await expect(slow.send()).rejects.toMatchObject({ code: "ClusterBusy" });
  });

  // Its deadline began when its turn came: behind others that hung, and a token that took its time, it went out after its sender's lease was over.
  it("is not sent when its turn, or its token, comes too late", async () => {
    let now = 0;
    const sent: string[] = [];
    const pace: Pace = { now: () => now, elapsed: () => now, random: () => 0, wait: async () => undefined };
    const connection: Connection = {
      send: async ({ path }) => {
        sent.push(path);
        now += 30_000;
        return answer(200);
      },
      stream: () => Promise.reject(new ConnectionBroken("not in these tests")),
      close: async () => undefined,
    };
    const address = { name: "prod", server: new URL("https://prod.example"), allowLoopback: false };
    const send = sendTo(address, { token: async () => "t" }, connection, pace, 1);
    const [first, second] = await Promise.allSettled(["/first", "/second"].map((path) => send({ method: "GET", path })));
    expect(first?.status).toBe("fulfilled");
    expect(second).toMatchObject({ status: "rejected", reason: { code: "ClusterUnreachable", retry: true } });
    const token = async () => {
      now += 31_000;
      return "t";
    };
    await expect(sendTo(address, { token }, connection, pace)({ method: "GET", path: "/third" })).rejects.toMatchObject({
      code: "ClusterUnreachable",
    });
    expect(sent).toEqual(["/first"]);
  });

  it("carries the token and says who asks", async () => {
    const { sent, send } = scripted([answer(200)]);
    await send();
    expect(sent[0]?.headers).toMatchObject({ authorization: "Bearer t", "user-agent": "fairlead" });
  });

  it("is repeated once with a fresh token after 401, then forbidden", async () => {
    const asked: boolean[] = [];
    const token = async ({ fresh }: { fresh: boolean }) => {
      asked.push(fresh);
      return "t";
    };
    await scripted([answer(401), answer(200)], { token }).send();
    expect(asked).toEqual([false, true]);
    const failure = { code: "ClusterForbidden", retry: false };
    await expect(scripted([answer(401), answer(401), answer(200)], { token }).send()).rejects.toMatchObject(failure);
  });

  it("waits as long as the server asks, and a chance longer, after 429 and 503", async () => {
    const { waits, send } = scripted([answer(429, {}, "1"), answer(503, {}, "2"), answer(200)]);
    expect((await send()).status).toBe(200);
    expect(waits).toEqual([1000 + 250, 2000 + 500]);
  });

  it("holds up what is sent after it, too, when the server asks to wait, for five seconds at most (F-15)", async () => {
    const busy = new Map([
      ["2", 2_000 + 500],
      ["20", 5_000 + 1_250],
    ]);
    for (const [asked, pause] of busy) {
      const { waits, open } = scripted([answer(429, {}, asked), answer(200), answer(200)], { still: true });
      const send = open();
      await send();
      await send();
      // Its own wait; then, as no time has passed here, the one that holds for all.
      expect(waits).toEqual([Number(asked) * 1_000 + 250, pause, pause]);
    }
  });

  it("never waits the same time twice in many", async () => {
    const times = await Promise.all(
      [0.1, 0.4, 0.9].map(async (random) => {
        const { waits, send } = scripted([answer(429, {}, "1"), answer(200)], { random });
        await send();
        return waits[0];
      }),
    );
    expect(new Set(times).size).toBe(3);
  });

  it("is given up as busy after four tries, with what the server asked for", async () => {
    const { sent, send } = scripted(Array.from({ length: 9 }, () => answer(429, { kind: "Status", message: "too many requests" }, "1")));
    await expect(send()).rejects.toMatchObject({
      code: "ClusterBusy",
      retry: true,
      retryAfter: 1,
      message: expect.stringContaining("too many requests"),
    });
    expect(sent).toHaveLength(4);
  });

  it("is given up at once when the server asks for more time than there is", async () => {
    const { waits, send } = scripted([answer(503, {}, "120"), answer(200)]);
    await expect(send()).rejects.toMatchObject({ code: "ClusterBusy", retryAfter: 120 });
    expect(waits).toEqual([]);
  });

  it("is repeated once over a new connection, then unreachable, with what people search for", async () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED 10.0.0.1:443"), { code: "ECONNREFUSED" });
    const broken = new ConnectionBroken("the connection broke", { cause: refused });
    expect((await scripted([broken, answer(200)]).send()).status).toBe(200);
    await expect(scripted([broken, broken, answer(200)]).send()).rejects.toMatchObject({
      code: "ClusterUnreachable",
      message: "Cluster prod at prod.example cannot be reached: ECONNREFUSED, connect ECONNREFUSED 10.0.0.1:443.",
    });
  });

  it("does not repeat what was refused for a reason", async () => {
    for (const status of [400, 403, 404, 409, 410, 422, 500]) {
      const { sent, send } = scripted([answer(status), answer(200)]);
      expect((await send()).status).toBe(status);
      expect(sent).toHaveLength(1);
    }
  });

  it("is busy, not refused, when the server ran out of time", async () => {
    await expect(scripted([answer(504)]).send()).rejects.toMatchObject({ code: "ClusterBusy", retry: true });
  });

  it("is over a limit when the answer is too large", async () => {
    await expect(scripted([new AnswerTooLarge("more than 5 bytes")]).send()).rejects.toMatchObject({ code: "LimitExceeded" });
  });
});

describe("Retry-After", () => {
  it.each([
    ["7", 7],
    ["Thu, 01 Jan 1970 00:01:00 GMT", 60],
    ["Wed, 31 Dec 1969 00:00:00 GMT", 0],
    ["999999", 600],
    ["soon", undefined],
    [undefined, undefined],
  ])("%s means %s seconds", (header, seconds) => {
    expect(retryAfterSeconds(header, 0)).toBe(seconds);
  });
});
