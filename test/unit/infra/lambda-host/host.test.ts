import { afterEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import type { HostedFunction } from "../../../../infra/local/lambda-host/host.ts";
import { type Hosted, hostFixtures } from "./hosted.ts";

const RequestEvent = z.looseObject({ body: z.string() });

describe("functions on one machine", () => {
  let hosted: Hosted;
  const start = async (...functions: readonly HostedFunction[]) => {
    hosted = await hostFixtures(functions);
    return hosted;
  };
  afterEach(() => hosted.stop());

  it("are handed the messages of their queue, which are deleted once they are done", async () => {
    const { send, told, waiting } = await start("sync");
    await send("syncs-public", { do: "succeed", name: "shop" });

    const [given] = await told("finished");
    expect(given).toMatchObject({ from: "sync", bodies: [{ name: "shop" }] });
    await vi.waitFor(async () => expect(await waiting("syncs-public")).toEqual({ visible: 0, hidden: 0 }));
  });

  it("get several messages at once where their batch allows it, and single ones where not", async () => {
    const { send, told } = await start("fetch", "render");
    const bodies = Array.from({ length: 25 }, (_, n) => ({ do: "succeed", n }));
    await send("renders", ...bodies);
    await send("pushes", ...bodies);
    const sizesOf = (from: string) =>
      hosted.lines.flatMap((line) =>
        line.event === "finished" && line.from === from && Array.isArray(line.bodies) ? [line.bodies.length] : [],
      );

    await told("finished", 25 + 3);
    await vi.waitFor(() => expect(sizesOf("render").reduce((sum, size) => sum + size, 0)).toBe(25));
    expect(Math.max(...sizesOf("render"))).toBeGreaterThan(1);
    expect(sizesOf("fetch")).toEqual(Array.from({ length: 25 }, () => 1));
  });

  it("keep what they report as failed, and what was with them when they throw", async () => {
    const { send, told, waiting } = await start("notify", "render");
    await send("notices", { do: "succeed" }, { do: "fail" });
    await send("renders", { do: "throw" });

    await told("finished");
    expect(await told("host")).toMatchObject([{ from: "render", text: "render: TypeError: as asked" }]);
    await vi.waitFor(async () => expect(await waiting("notices")).toEqual({ visible: 0, hidden: 1 }));
    expect(await waiting("renders")).toEqual({ visible: 0, hidden: 1 });
  });

  it("work on several events at once", async () => {
    const { send, told, lines } = await start("fetch");
    await send("pushes", ...Array.from({ length: 4 }, () => ({ do: "hold", ms: 300 })));
    await told("given", 4);
    expect(lines.filter((line) => line.event === "finished")).toEqual([]);
    await told("finished", 4);
  });

  it("start anew after a crash, alone", async () => {
    const { host, send, told } = await start("sync", "scan");
    await send("syncs-public", { do: "hold", ms: 60_000 });
    const [before] = await told("given");
    host.kill("sync");
    await told("host");

    await send("syncs-public", { do: "succeed" });
    const [after] = await told("finished");
    expect(after?.pid).not.toBe(before?.pid);
    expect(await host.invoke("scan", {})).toMatchObject({ pid: expect.any(Number) });
  });

  it("are handed HTTP requests with the exact bytes", async () => {
    const { host } = await start("webhook");
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]);
    const answer = await fetch(`${host.url}/hooks/github?x=1`, {
      method: "POST",
      body: bytes,
      headers: { "Content-Type": "application/json", "X-Twice": "a" },
    });

    expect(answer.status).toBe(202);
    expect(answer.headers.get("x-method")).toBe("POST");
    expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    const event = RequestEvent.parse(await answer.json());
    expect(event).toMatchObject({
      version: "2.0",
      rawPath: "/hooks/github",
      rawQueryString: "x=1",
      isBase64Encoded: true,
      headers: { "x-twice": "a" },
    });
    expect(Buffer.from(event.body, "base64")).toEqual(bytes);
  });

  it("get a JSON body as text, as the gateway hands it over", async () => {
    const { host } = await start("webhook");
    const answer = await fetch(`${host.url}/hooks/github`, {
      method: "POST",
      body: '{"ö":1}',
      headers: { "content-type": "application/json" },
    });
    expect(await answer.json()).toMatchObject({ body: '{"ö":1}', isBase64Encoded: false });
  });

  it("never see a request that is too large or for no function", async () => {
    const { host } = await start("webhook");
    expect((await fetch(`${host.url}/hooks/github`, { method: "POST", body: Buffer.alloc(11_000_000) })).status).toBe(413);
    for (const path of ["/", "/hooks", "/hooks/", "/hooks/a/b", "/other/a"]) expect((await fetch(`${host.url}${path}`)).status).toBe(404);
  });

  it("see of the environment what they were given and what Lambda sets, and run in their bundle's folder", async () => {
    const { host } = await start("scan");
    const seen = await host.invoke("scan", {});
    expect(seen).toMatchObject({ cwd: expect.stringMatching(/\/scan$/) });
    expect(seen).toMatchObject({ environment: expect.arrayContaining(["AWS_LAMBDA_FUNCTION_NAME", "FAIRLEAD_TABLE", "PATH"]) });
    expect(JSON.stringify(seen)).not.toMatch(/HOME|VITEST|USER/);
  });

  it("tell the host every line they write, JSON or not", async () => {
    const { host, told } = await start("scan");
    await host.invoke("scan", { scan: "sweep" });
    expect(await told("woken")).toEqual([{ from: "scan", event: "woken", given: { scan: "sweep" } }]);
    expect(await told("stderr")).toMatchObject([{ from: "scan", level: "error", text: "not a JSON line" }]);
  });

  it("finish what they are at when the host stops, and take nothing more", async () => {
    const { host, send, told, lines, receive } = await start("fetch");
    await send("pushes", { do: "hold", ms: 200 });
    await told("given");
    const stopped = host.stop();
    await send("pushes", { do: "succeed" });
    await stopped;
    expect(lines.filter((line) => line.event === "finished")).toHaveLength(1);
    expect(await receive("pushes")).toEqual(['{"do":"succeed"}']);
  });
});

describe("scheduled functions on one machine", () => {
  it("are woken by each of their events at its own interval", async () => {
    const hosted = await hostFixtures(["scan"], { sweep: 0.05, poll: 0.05, drift: 3_600 });
    await hosted.told("woken", 4);
    const given = hosted.lines.filter((line) => line.event === "woken").map((line) => JSON.stringify(line.given));
    await hosted.stop();
    expect(new Set(given)).toEqual(new Set(['{"scan":"sweep"}', '{"scan":"poll"}']));
  });
});
