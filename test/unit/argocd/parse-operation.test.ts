import { describe, expect, it } from "vitest";
import { parseOperation } from "../../../shared/argocd/operation.ts";
import type { Json } from "../../../shared/model/json.ts";
import { maxSelected, runsHooks, selectorOf } from "../../../shared/model/sync-request.ts";
import { SyncRequestItem } from "../../../shared/state/sync-requests.ts";

const request = (operation: Json) => {
  const answer = parseOperation(operation, "ann");
  return answer.state === "parsed" ? answer.request : answer.message;
};
const objects = (count: number) => Array.from({ length: count }, (_, index) => ({ kind: "ConfigMap", name: `c${index}` }));

describe("Argo CD's operation block", () => {
  it("asks for a sync of everything, in the name of whoever sent it", () => {
    expect(request({ sync: {} })).toEqual({ by: "ann", prune: false, dryRun: false });
  });

  it("asks for all that a sync can be asked for", () => {
    const sync = {
      revision: "v1.2.3",
      prune: true,
      dryRun: true,
      resources: [
        { kind: "Service", name: "web", namespace: "production" },
        { group: "apps", kind: "Deployment", name: "web" },
      ],
      syncOptions: ["Replace=true"],
      syncStrategy: { apply: { force: true } },
    };
    expect(request({ sync, initiatedBy: { username: "bob" } })).toEqual({
      by: "bob",
      prune: true,
      dryRun: true,
      revision: "v1.2.3",
      resources: [
        { group: "", kind: "Service", name: "web", namespace: "production" },
        { group: "apps", kind: "Deployment", name: "web" },
      ],
      syncOptions: ["Replace=true"],
      strategy: { kind: "apply", force: true },
    });
  });

  it("has retries of its own", () => {
    const answer = parseOperation({ sync: {}, retry: { limit: 2, backoff: { duration: "1s" } } }, "ann");
    expect(answer).toMatchObject({
      state: "parsed",
      request: { retry: { limit: 2, duration: 1_000, factor: 2, maxDuration: 180_000 } },
    });
  });

  it("runs hooks, but in a selection or where its strategy leaves them out", () => {
    const asked = (sync: Json) => {
      const answer = parseOperation({ sync }, "ann");
      return answer.state === "parsed" && runsHooks(answer.request);
    };
    expect(asked({})).toBe(true);
    expect(asked({ syncStrategy: { hook: {} } })).toBe(true);
    expect(asked({ syncStrategy: { apply: {} } })).toBe(false);
    expect(asked({ resources: objects(1) })).toBe(false);
  });

  it.each<[string, Json, string]>([
    ["without sync", {}, "operation.sync is missing; write a map of fields"],
    ["with sources of its own", { sync: { source: { repoURL: "x" } } }, "operation.sync.source is not supported; change the Application"],
    ["with manifests of its own", { sync: { manifests: ["{}"] } }, "operation.sync.manifests is not supported"],
    ["with an object without name", { sync: { resources: [{ kind: "Service" }] } }, "operation.sync.resources[0].name is missing"],
    [
      "with retries that go back in time",
      { sync: {}, retry: { backoff: { duration: "-5s" } } },
      "operation.retry.backoff.duration is negative",
    ],
    [
      "with too many objects",
      { sync: { resources: objects(maxSelected + 1) } },
      "names 20001 objects; name at most 20000, or sync the whole Application",
    ],
  ])("is refused %s", (_, operation, message) => {
    expect(request(operation)).toContain(message);
  });

  it("warns about options in vain and fields that nobody knows", () => {
    const answer = parseOperation({ sync: { syncOptions: ["Frobnicate=true"], purge: true } }, "ann");
    expect(answer.state === "parsed" && answer.warnings).toEqual([
      "operation.sync.purge is not known and has no effect",
      'operation.sync.syncOptions[0] "Frobnicate" is not known and has no effect',
    ]);
  });
});

describe("a selection of objects", () => {
  const web = { group: "apps", kind: "Deployment", namespace: "production", name: "web" };

  it.each([
    ["an object by group, kind and name in any namespace", [{ group: "apps", kind: "Deployment", name: "web" }], true],
    ["an object in its namespace", [{ group: "apps", kind: "Deployment", name: "web", namespace: "production" }], true],
    ["none in another namespace", [{ group: "apps", kind: "Deployment", name: "web", namespace: "staging" }], false],
    ["none of another group", [{ group: "", kind: "Deployment", name: "web" }], false],
    ["everything, when there is none", undefined, true],
  ])("names %s", (_, resources, selected) => {
    expect(selectorOf(resources)(web)).toBe(selected);
  });

  it("is read back from the table as it was written", () => {
    const whole = { by: "ann", prune: true, dryRun: false, resources: [{ ...web }], strategy: { kind: "hook", force: true } } as const;
    expect(SyncRequestItem.parse(JSON.parse(JSON.stringify(whole)))).toEqual(whole);
    expect(SyncRequestItem.parse({ by: "ann" })).toEqual({ by: "ann", prune: false, dryRun: false });
    const stored = { by: "ann", prune: true, dryRun: false, resources: { stored: "abc", parts: 2 } };
    expect(SyncRequestItem.parse(stored)).toEqual(stored);
  });
});
