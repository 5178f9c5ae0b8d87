import { describe, expect, it } from "vitest";
import { fetchPush } from "../../../shared/fetch/fetch-push.ts";
import { Failure } from "../../../shared/model/failure.ts";
import { normaliseRepositoryUrl } from "../../../shared/model/repository-url.ts";
import { readRepository } from "../../../shared/state/repositories.ts";
import { wishInput } from "../../../shared/state/wishes.ts";
import type { Tree } from "../../fakes/memory-snapshot.ts";
import { applicationAt, fetchWorld, monorepo } from "../../support/fetch-world.ts";
import { anApplication } from "../../support/sync-world.ts";

const overlays = (count: number): Tree => ({
  "base/kustomization.yaml": "resources: [a.yaml]",
  "base/a.yaml": "kind: A",
  ...Object.fromEntries(
    Array.from({ length: count }, (_, at) => [
      [`apps/app-${at}/kustomization.yaml`, at % 2 === 0 ? "resources: [../../base, own.yaml]" : "resources: [own.yaml]"],
      [`apps/app-${at}/own.yaml`, `kind: Own${at}`],
    ]).flat(),
  ),
});

const fleet = async (count: number) => {
  const world = fetchWorld();
  world.commit(monorepo, overlays(count));
  await world.declare(...Array.from({ length: count }, (_, at) => applicationAt(`app-${at}`, `apps/app-${at}`)));
  world.rendered();
  return world;
};

describe("a push to a repository of many Applications", () => {
  it("renders the one it touches, and writes that one, its group and the ref", async () => {
    const world = await fleet(100);
    const before = world.table.writes;
    await world.push({ ...overlays(100), "apps/app-7/own.yaml": "kind: Other" });
    expect(world.rendered()).toEqual(["app-7"]);
    // One by the webhook, then the ref, the Application, its group, the ref.
    expect(world.table.writes - before).toBe(5);
  });

  it("renders exactly those that reach a changed base", async () => {
    const world = await fleet(9);
    await world.push({ ...overlays(9), "base/a.yaml": "kind: Other" });
    expect(world.rendered()).toEqual(["app-0", "app-2", "app-4", "app-6", "app-8"]);
  });

  it("renders nothing when it touches what nobody reads", async () => {
    const world = await fleet(9);
    const before = world.table.writes;
    await world.push({ ...overlays(9), "README.md": "new" });
    expect(world.rendered()).toEqual([]);
    expect(world.table.writes - before).toBe(2);
  });

  it("lets the first few go ahead while the others are still evaluated", async () => {
    const world = fetchWorld();
    world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    await world.declare(...Array.from({ length: 30 }, (_, at) => applicationAt(`app-${at}`, "apps")));
    const before = world.renders.sent.length;
    await world.push({ "apps/a.yaml": "kind: B" });
    expect(world.renders.sent.slice(before).map(({ body }) => body.applications.length)).toEqual([8, 16, 6]);
  });

  it("gives Applications of one path one input, in messages of at most fifty", async () => {
    const world = fetchWorld();
    world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    await world.declare(...Array.from({ length: 120 }, (_, at) => applicationAt(`app-${at}`, "apps")));
    world.renders.take();
    await world.push({ "apps/a.yaml": "kind: B" });
    const messages = world.renders.take();
    expect(new Set(messages.map(({ input }) => input)).size).toBe(1);
    expect(messages.flatMap(({ applications }) => applications)).toHaveLength(120);
    expect(Math.max(...messages.map(({ applications }) => applications.length))).toBeLessThanOrEqual(50);
  });
});

describe("what one Application cannot", () => {
  it("is told of it alone: a broken source goes to sync, with the file that is missing", async () => {
    const world = await fleet(4);
    await world.push({ ...overlays(4), "apps/app-1/kustomization.yaml": "resources: [gone.yaml]", "apps/app-2/own.yaml": "kind: Other" });
    expect(world.rendered()).toEqual(["app-2"]);
    expect(world.syncs.take()).toEqual([{ v: 1, application: "app-1" }]);
    expect((await world.state("app-1"))?.sourceError).toContain("gone.yaml");
    await world.push(overlays(4));
    expect((await world.state("app-1"))?.sourceError).toBeUndefined();
  });

  it("does not delay the others when it may pass: they go on, and the push stays due", async () => {
    const world = await fleet(3);
    const far = "https://git.example.com/far.git";
    world.commit(far, { "values.yaml": "x: 1" });
    const lending = anApplication({
      name: "lent",
      sources: [
        { repoURL: monorepo, targetRevision: "main", path: "chart", helm: { valueFiles: ["$far/values.yaml"] } },
        { repoURL: far, targetRevision: "main", path: "", ref: "far" },
      ],
    });
    const chart = { "chart/Chart.yaml": "name: c" };
    world.commit(monorepo, { ...overlays(3), ...chart });
    await world.declare(lending);
    world.rendered();
    const { git } = world.world;
    const unreachable: typeof git = {
      ...git,
      listRefs: async (access, also) => {
        if (access.url === far) throw new Failure("RepositoryUnreachable", far, "no answer");
        return git.listRefs(access, also);
      },
    };
    const after = world.commit(monorepo, { ...overlays(3), "chart/Chart.yaml": "name: d", "apps/app-1/own.yaml": "kind: Other" });
    await fetchPush(
      { v: 1, kind: "ref", repository: "git.example.com/team/config", ref: "refs/heads/main" },
      { ...world.world, git: unreachable },
    );
    expect(world.rendered()).toEqual(["app-1"]);
    const outage = async () => (await readRepository(world.table, normaliseRepositoryUrl(far)))?.outage;
    expect(await outage()).toMatchObject({ reason: "no answer" });
    await world.pushed(after);
    expect(world.rendered()).toEqual(["lent"]);
    expect(await outage()).toBeUndefined();
    expect(world.told.map(({ event }) => event)).toContain("repository-back");
  });

  it("is told when its branch is gone, and not passed over", async () => {
    const world = fetchWorld();
    world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    world.commit(monorepo, { "apps/a.yaml": "kind: A" }, "release");
    await world.declare(applicationAt("web", "apps", { targetRevision: "release" }));
    world.point(monorepo, "refs/heads/release", undefined);
    await world.push({ "apps/a.yaml": "kind: B" });
    expect((await world.state("web"))?.sourceError).toContain("release");
    expect(world.syncs.take()).toEqual([{ v: 1, application: "web" }]);
  });
});

describe("an Application whose source can be had again", () => {
  it("goes on with the same content when its branch is back", async () => {
    const world = fetchWorld();
    world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    const release = world.commit(monorepo, { "apps/a.yaml": "kind: A" }, "release");
    await world.declare(applicationAt("web", "apps", { targetRevision: "release" }));
    world.point(monorepo, "refs/heads/release", undefined);
    await world.push({ "apps/a.yaml": "kind: B" });
    expect((await world.state("web"))?.sourceError).toContain("release");
    world.point(monorepo, "refs/heads/release", release);
    await world.push({ "apps/a.yaml": "kind: C" });
    expect(await world.state("web")).not.toHaveProperty("sourceError");
  });

  it("is told that a repository is closed to us, and goes on when it is open again", async () => {
    const world = fetchWorld();
    const after = world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    await world.declare(applicationAt("web", "apps"));
    const { accessTo } = world.world;
    const closed = () => Promise.reject(new Failure("RepositoryForbidden", monorepo, `${monorepo} does not accept our credentials.`));
    Object.assign(world.world, { accessTo: closed });
    expect(await world.pushed(after)).toEqual({ done: true });
    expect((await world.state("web"))?.sourceError).toContain("does not accept our credentials");
    expect(world.syncs.take()).toEqual([{ v: 1, application: "web" }]);
    Object.assign(world.world, { accessTo });
    await world.pushed(after);
    expect(await world.state("web")).not.toHaveProperty("sourceError");
  });

  it("is looked at again later where nothing in the table says that it must be", async () => {
    const world = fetchWorld();
    world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    await world.declare(applicationAt("web", "apps"));
    const message = { v: 1, kind: "application", application: "web" } as const;
    const away = () => Promise.reject(new Failure("RepositoryUnreachable", monorepo, `${monorepo} does not answer.`));
    Object.assign(world.world, { accessTo: away });
    expect(await fetchPush(message, world.world)).toEqual({ done: false, again: message, seconds: 60, group: "default" });
  });
});

describe("an older look at a repository", () => {
  it("never overwrites what a newer one found", async () => {
    const world = await fleet(2);
    let later: string | undefined;
    const slow = {
      ...world.world.git,
      snapshot: async (...asked: Parameters<typeof world.git.snapshot>) => {
        const snapshot = await world.world.git.snapshot(...asked);
        if (later === undefined) {
          later = "";
          later = world.commit(monorepo, { ...overlays(2), "apps/app-1/own.yaml": "kind: Newest" });
          await world.pushed(later);
        }
        return snapshot;
      },
    };
    world.commit(monorepo, { ...overlays(2), "apps/app-1/own.yaml": "kind: Older" });
    const step = await fetchPush({ v: 1, kind: "application", application: "app-1" }, { ...world.world, git: slow });
    expect(step).toMatchObject({ done: false, seconds: 0 });
    const newest = (await world.state("app-1"))?.input;
    expect((await world.state("app-1"))?.revisions).toMatchObject([{ sha: later }]);
    await fetchPush({ v: 1, kind: "application", application: "app-1" }, world.world);
    expect((await world.state("app-1"))?.input).toBe(newest);
  });

  it("does not count when another wish came between", async () => {
    const world = await fleet(1);
    const { evaluations = 0 } = (await world.state("app-0")) ?? {};
    const wish = (input: string) => wishInput(world.table, "app-0", { input, revisions: [], trigger: "push", at: 1, evaluations });
    expect(await wish("newer")).toBe("raised");
    expect(await wish("older")).toBe("overtaken");
    expect(await wish("newer")).toBe("unchanged");
  });
});

describe("an Application that joins others with the same source", () => {
  const envs = { "chart/Chart.yaml": "name: c", "envs/a.yaml": "x: 1", "envs/b.yaml": "x: 1" };
  const own = (name: string) => applicationAt(name, "chart", { helm: { valueFiles: ["/envs/$ARGOCD_APP_NAME.yaml"] } });

  it("is evaluated again when what it alone looked at changes", async () => {
    const world = fetchWorld();
    world.commit(monorepo, envs);
    await world.declare(own("a"));
    await world.push({ ...envs, "README.md": "x" });
    await world.declare(own("b"));
    world.rendered();
    await world.push({ ...envs, "README.md": "x", "envs/b.yaml": "x: 2" });
    expect(world.rendered()).toEqual(["b"]);
  });

  it("does not hide from the others a push that it saw first", async () => {
    const world = fetchWorld();
    world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    await world.declare(applicationAt("a", "apps"));
    world.rendered();
    const after = world.commit(monorepo, { "apps/a.yaml": "kind: B" });
    await world.declare(applicationAt("b", "apps"));
    expect(world.rendered()).toEqual(["b"]);
    await world.pushed(after);
    expect(world.rendered()).toEqual(["a"]);
  });

  it("leaves nothing to evaluate for the first push when each was alone", async () => {
    const world = fetchWorld();
    world.commit(monorepo, { "apps/a.yaml": "kind: A", "other/b.yaml": "kind: B" });
    await world.declare(applicationAt("a", "apps"), applicationAt("b", "other"));
    await world.push({ "apps/a.yaml": "kind: A", "other/b.yaml": "kind: C" });
    expect(world.told.find(({ event }) => event === "fetched")?.facts).toMatchObject({ groups: 2, touched: 1 });
  });

  it("needs nothing when it is gone before it is fetched", async () => {
    const world = fetchWorld();
    expect(await fetchPush({ v: 1, kind: "application", application: "none" }, world.world)).toEqual({ done: true });
  });
});
