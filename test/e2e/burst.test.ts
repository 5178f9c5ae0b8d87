import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kubectl, newNamespace, type TestControlPlane, testControlPlane } from "../support/control-plane.ts";
import { applicationYaml, configMapYaml } from "../support/declarations.ts";
import { eventually } from "../support/eventually.ts";
import { control } from "../support/fleet.ts";
import { githubPayloads } from "../support/payloads/github.ts";
import { type SlowAdmission, slowAdmission } from "../support/slow-admission.ts";
import { startTestStack, type TestStack } from "../support/stack.ts";
import { history, linesOf, stateWhere, synced } from "../support/stack-reading.ts";

let cluster: TestControlPlane;
let stack: TestStack;
let namespace: string;
let admission: SlowAdmission;

beforeAll(async () => {
  cluster = await testControlPlane();
  namespace = await newNamespace(cluster, "burst");
  admission = await slowAdmission(cluster, namespace);
  stack = await startTestStack([{ ...cluster, name: "harbor" }]);
});
afterAll(async () => {
  await admission?.stop();
  await stack?.stop();
});

const counted = () => kubectl(cluster, ["-n", namespace, "get", "configmap/count", "-o", "jsonpath={.data.value}"]);
const write = (value: number) =>
  stack.push("burst/all", { "app/count.yaml": configMapYaml("count", { value: `${value}` }) }, `Count to ${value}`);

/** One delivery of GitHub's about that repository, each with an id of its own. */
const deliver = async (before: string, after: string, id: string): Promise<number> => {
  const url = stack.urlOf("burst/all");
  const repository = { ...githubPayloads.push.repository, clone_url: url, html_url: url.replace(/\.git$/, ""), ssh_url: url };
  const body = JSON.stringify({ ...githubPayloads.push, before, after, repository });
  const signature = createHmac("sha256", stack.webhook.secret).update(body).digest("hex");
  const headers = {
    "content-type": "application/json",
    "x-github-event": "push",
    "x-github-delivery": id,
    "x-hub-signature-256": `sha256=${signature}`,
  };
  return (await fetch(stack.webhook.url, { method: "POST", body, headers })).status;
};

describe("a hundred deliveries while one sync is held by a slow admission webhook in the cluster", () => {
  it("end on the newest revision, with the held sync and one more (F-25)", async () => {
    let before = await write(0);
    await stack.push(control, { "burst.yaml": applicationYaml("burst", { repository: "burst/all", path: "app", namespace }) });
    await synced(stack, "burst", before);
    const first = await history(stack, "burst", "synced");
    expect(first).toHaveLength(1);

    admission.hold();
    const held = await write(1);
    await eventually("the sync is held", () => admission.waiting() === 1);
    stack.deliver(false);
    before = held;
    const statuses: number[] = [];
    for (let commit = 2; commit <= 6; commit++) {
      const after = await write(commit);
      const deliveries = Array.from({ length: 20 }, (_, at) => deliver(before, after, `burst-${commit}-${at}`));
      statuses.push(...(await Promise.all(deliveries)));
      before = after;
    }
    expect(statuses).toEqual(Array.from({ length: 100 }, () => 202));
    await stateWhere(stack, "burst", ({ revisions, owner }) => revisions[0]?.sha === before && owner !== undefined);
    expect(admission.waiting()).toBe(1);
    expect(await counted()).toBe("0");

    admission.release();
    await synced(stack, "burst", before);
    expect(await counted()).toBe("6");
    const later = (await history(stack, "burst")).slice(first.length);
    expect(later.map(({ kind, revision }) => ({ kind, revision }))).toEqual([
      { kind: "synced", revision: held },
      { kind: "synced", revision: before },
    ]);
    expect(linesOf(stack, "sync-synced").filter(({ application }) => application === "burst")).toHaveLength(3);
    expect(linesOf(stack, "message-failed")).toEqual([]);
  });
});
