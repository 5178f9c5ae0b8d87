import { describe, expect, it } from "vitest";
import type { RawAnswer } from "../../../../shared/adapters/kubernetes/connection.ts";
import { discoverApis } from "../../../../shared/adapters/kubernetes/discovery.ts";
import { kindsOf } from "../../../../shared/adapters/kubernetes/kinds.ts";
import type { Request } from "../../../../shared/adapters/kubernetes/requests.ts";
import { Failure } from "../../../../shared/model/failure.ts";

const json = (body: object, status = 200): RawAnswer => ({
  status,
  contentType: "application/json",
  retryAfter: undefined,
  body: Buffer.from(JSON.stringify(body)),
});
const verbs = ["get", "list"];
const resource = (plural: string, kind: string, scope: string) => ({ resource: plural, responseKind: { kind }, scope, verbs });

const aggregated: Readonly<Record<string, RawAnswer>> = {
  "/version": json({ gitVersion: "v1.36.3" }),
  "/api": json({
    kind: "APIGroupDiscoveryList",
    items: [{ metadata: {}, versions: [{ version: "v1", resources: [resource("namespaces", "Namespace", "Cluster")] }] }],
  }),
  "/apis": json({
    kind: "APIGroupDiscoveryList",
    items: [
      { metadata: { name: "apps" }, versions: [{ version: "v1", resources: [resource("deployments", "Deployment", "Namespaced")] }] },
      { metadata: { name: "metrics.k8s.io" }, versions: [{ version: "v1beta1", resources: [], freshness: "Stale" }] },
    ],
  }),
};

const oneByOne: Readonly<Record<string, RawAnswer | Error>> = {
  "/version": json({ gitVersion: "v1.36.3" }),
  "/api": json({ kind: "APIVersions", versions: ["v1"] }),
  "/apis": json({
    kind: "APIGroupList",
    groups: [{ versions: [{ groupVersion: "apps/v1" }] }, { versions: [{ groupVersion: "metrics.k8s.io/v1beta1" }] }],
  }),
  "/api/v1": json({
    resources: [
      { name: "namespaces", kind: "Namespace", namespaced: false, verbs },
      { name: "namespaces/status", kind: "Namespace", verbs },
    ],
  }),
  "/apis/apps/v1": json({ resources: [{ name: "deployments", kind: "Deployment", namespaced: true, verbs }] }),
  "/apis/metrics.k8s.io/v1beta1": new Failure("ClusterBusy", "prod", "Cluster prod is busy (HTTP 503)"),
};

const serving = (answers: Readonly<Record<string, RawAnswer | Error>>) => {
  const asked: string[] = [];
  const send = async ({ path }: Request): Promise<RawAnswer> => {
    asked.push(path);
    const answer = answers[path] ?? json({ kind: "Status" }, 404);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { asked, send };
};

const expected = {
  version: "v1.36.3",
  kinds: [
    { apiVersion: "v1", kind: "Namespace", plural: "namespaces", namespaced: false, verbs },
    { apiVersion: "apps/v1", kind: "Deployment", plural: "deployments", namespaced: true, verbs },
  ],
  unavailable: ["metrics.k8s.io/v1beta1"],
};

describe("looking up what a cluster serves", () => {
  it("takes three requests, and names the group whose own server is down", async () => {
    const { send, asked } = serving(aggregated);
    expect(await discoverApis("prod", send)).toEqual(expected);
    expect(asked).toHaveLength(3);
  });

  it("gives the same where the server only knows the old way", async () => {
    expect(await discoverApis("prod", serving(oneByOne).send)).toEqual(expected);
  });

  it("fails when the server itself cannot be reached", async () => {
    const gone = new Failure("ClusterUnreachable", "prod", "gone");
    await expect(discoverApis("prod", serving({ ...oneByOne, "/apis/apps/v1": gone }).send)).rejects.toBe(gone);
  });
});

describe("finding one kind", () => {
  it("asks for its apiVersion only, once for many who ask", async () => {
    const { send, asked } = serving(oneByOne);
    const kinds = kindsOf("prod", send);
    await Promise.all([kinds.find("apps/v1", "Deployment"), kinds.find("apps/v1", "Deployment")]);
    expect(await kinds.find("apps/v1", "Deployment")).toMatchObject({ plural: "deployments" });
    expect(asked).toEqual(["/apis/apps/v1"]);
  });

  it("asks again for a kind that was not there: its CRD may have come", async () => {
    const answers = { ...oneByOne };
    const kinds = kindsOf("prod", serving(answers).send);
    expect(await kinds.find("example.org/v1", "Widget")).toBeUndefined();
    answers["/apis/example.org/v1"] = json({ resources: [{ name: "widgets", kind: "Widget", namespaced: true, verbs }] });
    expect(await kinds.find("example.org/v1", "Widget")).toMatchObject({ plural: "widgets" });
  });

  it("is not absent but failed when its group's own server is down", async () => {
    await expect(kindsOf("prod", serving(oneByOne).send).find("metrics.k8s.io/v1beta1", "PodMetrics")).rejects.toMatchObject({
      code: "ClusterBusy",
    });
  });

  it("asks nothing for an apiVersion that could be another path", async () => {
    const { send, asked } = serving(oneByOne);
    for (const apiVersion of ["v1/namespaces/x", "../v1", "apps/v1/../..", "v1?watch=1", "APPS/V1", ""]) {
      expect(await kindsOf("prod", send).find(apiVersion, "Secret")).toBeUndefined();
    }
    expect(asked).toEqual([]);
  });

  it("is looked up anew after everything was asked for afresh", async () => {
    const { send, asked } = serving(aggregated);
    const kinds = kindsOf("prod", send);
    await kinds.all(false);
    await kinds.all(false);
    expect(asked).toHaveLength(3);
    expect(await kinds.find("apps/v1", "Deployment")).toMatchObject({ plural: "deployments" });
    await kinds.all(true);
    expect(asked).toHaveLength(6);
  });
});
