import { describe, expect, it } from "vitest";
import { fetchHandler } from "../../../functions/fetch/handler.ts";
import { scanCluster } from "../../../shared/drift/scan-cluster.ts";
import { Failure } from "../../../shared/model/failure.ts";
import type { Outgoing } from "../../../shared/ports/queue.ts";
import { poll } from "../../../shared/scan/poll.ts";
import { sweep } from "../../../shared/scan/sweep.ts";
import { groupsOfRepository, joinGroups, noteUnread } from "../../../shared/state/groups.ts";
import type { PushMessage } from "../../../shared/state/messages.ts";
import { wantRef } from "../../../shared/state/refs.ts";
import { keepEpoch } from "../../../shared/state/renewal.ts";
import { wishInput } from "../../../shared/state/wishes.ts";
import { receivePush } from "../../../shared/webhook/receive-push.ts";
import { memoryQueue } from "../../fakes/memory-queue.ts";
import { driftDefaults } from "../../support/drift-world.ts";
import { applicationAt, fetchWorld, monorepo } from "../../support/fetch-world.ts";
import { githubHeaders, githubPayloads, githubSecret } from "../../support/payloads/github.ts";
import { sqsBatch } from "../../support/sqs-batch.ts";
import { anApplication, deployment, syncWorld } from "../../support/sync-world.ts";
import { restoreTable } from "../../support/table-backup.ts";
import { deliveryOf, octocat, webhookWorld } from "../../support/webhook-world.ts";

const project = "boats";
const repository = "git.example.com/team/config";
const ref = "refs/heads/main";

/** On whose behalf, and about what. */
const told = (sent: readonly Outgoing<unknown>[]) => [...new Set(sent.map(({ body, group }) => `${group}: ${kindOf(body)}`))];

const kindOf = (body: unknown): unknown => (typeof body === "object" && body !== null && "kind" in body ? body.kind : "application");

/** The world of sync and scan, with an Application of the project. */
const declared = async () => {
  const world = syncWorld();
  await world.declare(anApplication({ project }));
  return { ...world, scanning: { ...world.world, ...driftDefaults } };
};

// Renders and most pushes had no group: a thousand Applications of one team that were evaluated at once stood before everybody else's push.
describe("a message on a fair queue", () => {
  it("is its repository's where a webhook tells of a push", async () => {
    const pushes = memoryQueue<PushMessage>();
    const { world } = webhookWorld([octocat], { "webhooks/octocat": { value: githubSecret } });
    const body = JSON.stringify(githubPayloads.push);
    await receivePush("octocat", deliveryOf(githubHeaders(body, {}), body), { ...world, pushes });
    expect(told(pushes.sent)).toEqual(["github.com/acme/web: ref"]);
  });

  it("is its project's where fetch has something rendered, and where it comes back itself", async () => {
    const world = fetchWorld();
    const pushes = memoryQueue<PushMessage>();
    world.commit(monorepo, { "a/map.yaml": "kind: A" });
    await world.declare({ ...applicationAt("web", "a"), project }, { ...applicationAt("api", "a"), project: "other" });
    expect(told(world.renders.sent)).toEqual([`${project}: application`, "other: application"]);

    // An Application that was evaluated already, and cannot be read now.
    const accessTo = () => Promise.reject(new Failure("SecretStoreUnavailable", "git", "the secret store is away"));
    const fetch = fetchHandler({ ...world.world, pushes, accessTo });
    await fetch(sqsBatch({ v: 1, kind: "application", application: "web" }));
    expect(pushes.sent).toMatchObject([{ group: project, delaySeconds: 60 }]);
  });

  it("is its repository's where fetch waits for a host that lags", async () => {
    const world = fetchWorld();
    const pushes = memoryQueue<PushMessage>();
    const before = world.commit(monorepo, { "a/map.yaml": "kind: A" });
    await world.declare(applicationAt("web", "a"));
    await wantRef(world.table, { repository, ref, before, after: "f".repeat(40), deliveryId: "1", at: 999_000 });
    await fetchHandler({ ...world.world, pushes })(sqsBatch({ v: 1, kind: "ref", repository, ref }));
    expect(told(pushes.sent)).toEqual([`${repository}: ref`]);
  });

  it("is the project's or the repository's where the sweeper sends again", async () => {
    const { world, table, pass, pushes } = await declared();
    await wantRef(table, { repository, ref, deliveryId: "1", at: world.clock.now() });
    pass(60_000);
    await sweep(world);
    expect(told(pushes.sent)).toEqual([`${repository}: ref`, `${project}: application`]);
  });

  it("is the repository's, or the chart's, where the poll finds something", async () => {
    const { world, table, pushes } = await declared();
    const chart = { repoURL: "https://charts.example.com", chart: "boat", targetRevision: "1.x", path: "" };
    await joinGroups(table, applicationAt("moved", "a"));
    await joinGroups(table, anApplication({ name: "chart", sources: [chart] }));
    await joinGroups(table, applicationAt("unread", "a", { repoURL: "https://git.example.com/unread.git", targetRevision: "unread" }));
    for await (const group of groupsOfRepository(table, "git.example.com/unread")) await noteUnread(table, group, true);
    const head = "a".repeat(40);
    await poll({
      ...world,
      pollSeconds: () => undefined,
      listRefs: async () => ({ refs: new Map([[ref, head]]) }),
      resolve: (selector) => (selector === "unread" ? { sha: head } : { sha: head, ref }),
    });
    expect(told(pushes.sent).toSorted()).toEqual([
      "chart:charts.example.com/boat: application",
      `${repository}: ref`,
      "git.example.com/unread: repository",
      "git.example.com/web: ref",
    ]);
  });

  it("is its project's where a cluster serves other APIs, or its table was restored", async () => {
    const { scanning, table, pushes, pass } = await declared();
    await scanCluster("harbor", scanning);
    expect(told(pushes.sent)).toEqual([`${project}: application`]);

    await keepEpoch(scanning);
    const backup = table.items();
    for (let minutes = 0; minutes < 10; minutes++) {
      pass(60_000);
      await keepEpoch(scanning);
    }
    await restoreTable(table, backup);
    const before = pushes.sent.length;
    for (let minutes = 0; minutes < 10; minutes++) {
      pass(60_000);
      await keepEpoch(scanning);
    }
    expect(told(pushes.sent.slice(before))).toEqual([`${project}: application`]);
  });

  it("is its project's where a sync waits for a render, tells people, or comes back", async () => {
    const { world, table, commit, sync, renders, notices } = await declared();
    await wishInput(table, "web", { input: "unknown", revisions: [], trigger: "push", at: world.clock.now() });
    await sync();
    expect(told(renders.sent)).toEqual([`${project}: application`]);
    await commit("web", [deployment("api")]);
    expect(await sync()).toMatchObject({ group: project });
    expect(told(notices.sent)).toEqual([`${project}: application`]);
  });
});
