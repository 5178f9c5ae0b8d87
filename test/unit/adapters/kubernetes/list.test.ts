import { describe, expect, it } from "vitest";
import { AnswerTooLarge, type RawAnswer } from "../../../../shared/adapters/kubernetes/connection.ts";
import { kindsOf } from "../../../../shared/adapters/kubernetes/kinds.ts";
import { listObjects } from "../../../../shared/adapters/kubernetes/list.ts";
import type { Request } from "../../../../shared/adapters/kubernetes/requests.ts";

const json = (status: number, body: object): RawAnswer => ({
  status,
  contentType: "application/json",
  retryAfter: undefined,
  body: Buffer.from(JSON.stringify(body)),
});
const kinds = json(200, { resources: [{ name: "configmaps", kind: "ConfigMap", namespaced: true, verbs: ["list"] }] });
const page = (names: readonly string[], next = ""): RawAnswer =>
  json(200, { kind: "ConfigMapList", metadata: { continue: next }, items: names.map((name) => ({ metadata: { name } })) });
const expired = json(410, { kind: "Status", reason: "Expired", message: "the continue token is too old" });

/** A list over a server that answers these in turn. */
const listed = async (script: readonly (RawAnswer | Error)[]) => {
  const asked: URLSearchParams[] = [];
  const send = async ({ path }: Request): Promise<RawAnswer> => {
    if (path === "/api/v1") return kinds;
    const next = script[asked.length];
    asked.push(new URL(path, "https://prod.example").searchParams);
    if (next === undefined) throw new Error("the script is over");
    if (next instanceof Error) throw next;
    return next;
  };
  const answer = await listObjects("prod", send, kindsOf("prod", send), { apiVersion: "v1", kind: "ConfigMap" });
  return {
    answer,
    asked: asked.map((parameters) => Object.fromEntries(parameters)),
    names: answer.state === "listed" ? answer.objects.map(({ metadata }) => metadata.name) : [],
  };
};

describe("a list", () => {
  it("is read in pages of 500 until there is no more", async () => {
    const { names, asked } = await listed([page(["a"], "token-1"), page(["b"], "token-2"), page(["c"])]);
    expect(names).toEqual(["a", "b", "c"]);
    expect(asked).toEqual([{ limit: "500" }, { limit: "500", continue: "token-1" }, { limit: "500", continue: "token-2" }]);
  });

  it("begins anew, without what it had, when the server forgot where it was", async () => {
    const { names } = await listed([page(["gone"], "old"), expired, page(["a"], "new"), page(["b"])]);
    expect(names).toEqual(["a", "b"]);
  });

  it("is busy rather than incomplete when the server keeps forgetting", async () => {
    const script = Array.from({ length: 4 }, () => [page(["a"], "old"), expired]).flat();
    await expect(listed(script)).rejects.toMatchObject({ code: "ClusterBusy", retry: true });
  });

  it("takes smaller pages where large objects fill one", async () => {
    const large = new AnswerTooLarge("more than 64 MiB");
    const { names, asked } = await listed([page(["a"], "x"), large, large, page(["b"], "y"), page(["c"])]);
    expect(names).toEqual(["a", "b", "c"]);
    expect(asked.map(({ limit }) => limit)).toEqual(["500", "500", "50", "5", "500"]);
    expect(asked[3]).toEqual({ limit: "5", continue: "x" });
  });

  it("is over a limit when a single object does not fit", async () => {
    const large = new AnswerTooLarge("more than 64 MiB");
    await expect(listed([large, large, large, large])).rejects.toMatchObject({ code: "LimitExceeded" });
  });

  it("tells forbidden, absent and failed apart, also in the middle", async () => {
    const status = (code: number, reason: string) => json(code, { kind: "Status", reason, message: `${reason} for us` });
    expect((await listed([page(["a"], "x"), status(403, "Forbidden")])).answer).toEqual({ state: "forbidden", reason: "Forbidden for us" });
    expect((await listed([status(404, "NotFound")])).answer).toEqual({ state: "absent" });
    const broken = [page(["a"], "x"), status(500, "InternalError")];
    await expect(listed([...broken, status(500, "InternalError")])).rejects.toMatchObject({ code: "ClusterUnreachable" });
    // The second answer is that about a namespace that is everywhere: the server itself is well.
    for (const well of [status(404, "NotFound"), status(403, "Forbidden"), json(200, {})])
      await expect(listed([...broken, well])).rejects.toMatchObject({ code: "KindUnavailable" });
  });

  it("is never believed when it is not whole: no items, an item that is no object", async () => {
    for (const body of [{}, { items: {} }, { items: [{ metadata: {} }] }, { items: [null] }]) {
      await expect(listed([json(200, body)])).rejects.toMatchObject({ code: "ClusterUnreachable" });
    }
    expect((await listed([json(200, { items: null })])).names).toEqual([]);
  });
});
