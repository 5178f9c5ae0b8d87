import { describe, expect, it } from "vitest";
import { fetchPush } from "../../../shared/fetch/fetch-push.ts";
import { normaliseRepositoryUrl } from "../../../shared/model/repository-url.ts";
import { keys } from "../../../shared/state/items.ts";
import { readRef } from "../../../shared/state/refs.ts";
import { applicationAt, far, fetchWorld, lend, monorepo } from "../../support/fetch-world.ts";

const main = { repository: normaliseRepositoryUrl(monorepo), ref: "refs/heads/main" };
const refMessage = { v: 1, kind: "ref", ...main } as const;

/** An Application at a first commit, and the input that is made of it. */
const declared = async () => {
  const world = fetchWorld();
  const first = world.commit(monorepo, { "web/a.yaml": "kind: First" });
  await world.declare(applicationAt("web", "web"));
  await world.pushed(first);
  const inputOf = async (name: string) => (await world.state(name))?.input;
  return { ...world, first, inputOf, before: await inputOf("web") };
};

describe("a branch that goes back to what it was (F-12)", () => {
  it("is where it ends, also when a slow fetch of the commit between wishes for that after the fetch of the way back", async () => {
    // That one found what had been evaluated last, and was done; the slow one's wish stood, and nobody looked again.
    const world = await declared();
    const { artifacts } = world.world;
    const away = world.commit(monorepo, { "web/a.yaml": "kind: Between" });
    let isSlow = true;
    const slow: typeof artifacts = {
      ...artifacts,
      put: async (...stored) => {
        if (isSlow) {
          isSlow = false;
          world.point(monorepo, main.ref, world.first);
          expect(await world.pushed(world.first)).toEqual({ done: true });
        }
        return artifacts.put(...stored);
      },
    };
    Object.assign(world.world, { artifacts: slow });
    expect(await world.pushed(away)).toMatchObject({ done: false, again: refMessage });
    expect(await world.inputOf("web")).not.toBe(world.before);

    const { wanted, done } = await readRef(world.table, main.repository, main.ref);
    expect(wanted).toBeGreaterThan(done);
    expect(await fetchPush(refMessage, world.world)).toEqual({ done: true });
    expect(await world.inputOf("web")).toBe(world.before);
  });

  it("takes back those that were evaluated beside one that could not be", async () => {
    // The reach was left as it was, and at the commit that it tells of all of the group was passed over.
    const world = await declared();
    await world.declare(applicationAt("twin", "web"));
    await world.table.update(keys.spec("twin"), { set: { v: 2 } });
    await world.push({ "web/a.yaml": "kind: Between" });
    expect(await world.inputOf("web")).not.toBe(world.before);

    await world.table.update(keys.spec("twin"), { set: { v: 1 } });
    world.point(monorepo, main.ref, world.first);
    await world.pushed(world.first);
    expect(await world.inputOf("web")).toBe(world.before);
  });

  it("takes back an Application that met the commit between when another of its repositories was pushed to", async () => {
    // Its second source's own ref knew of no such commit, and neither did its group.
    const world = fetchWorld();
    const first = await lend(world);

    world.commit(far, { "values.yaml": "x: 2" });
    await world.push({ "chart/Chart.yaml": "name: b" });
    const between = (await world.state("lent"))?.input;
    world.point(far, "refs/heads/main", first);
    await world.pushed(first, far);
    const state = await world.state("lent");
    expect(state?.revisions).toMatchObject([{}, { sha: first }]);
    expect(state?.input).not.toBe(between);
  });

  it("takes back an Application that was fetched for itself beside the fetch of that ref's first push", async () => {
    // Its group said that it differs, the other fetch had read it before that, and no head of the ref was known to doubt.
    const world = fetchWorld();
    const first = world.commit(monorepo, { "web/a.yaml": "kind: First" });
    await world.declare(applicationAt("web", "web"));
    const before = (await world.state("web"))?.input;
    world.commit(monorepo, { "web/a.yaml": "kind: Between" });
    const { git, artifacts } = world.world;
    const [looking, settled] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let ofRef: Promise<unknown> | undefined;
    const listRefs: typeof git.listRefs = async (...asked) => {
      if (ofRef) {
        looking.resolve();
        await settled.promise;
      }
      return git.listRefs(...asked);
    };
    const put: typeof artifacts.put = async (...stored) => {
      if (!ofRef) {
        world.point(monorepo, main.ref, first);
        ofRef = Promise.resolve().then(() => world.pushed(first));
        await looking.promise;
      }
      return artifacts.put(...stored);
    };
    Object.assign(world.world, { git: { ...git, listRefs }, artifacts: { ...artifacts, put } });
    await fetchPush({ v: 1, kind: "application", application: "web" }, world.world);
    expect((await world.state("web"))?.input).not.toBe(before);
    settled.resolve();
    await ofRef;

    const { wanted, done } = await readRef(world.table, main.repository, main.ref);
    expect(wanted).toBeGreaterThan(done);
    expect(await fetchPush(refMessage, world.world)).toEqual({ done: true });
    expect((await world.state("web"))?.input).toBe(before);
  });
});

describe("a host that shows the newest head to one look of a fetch and an older one to the next (F-22)", () => {
  it("is looked at again: what was evaluated is not what was seen", async () => {
    // The newer head was noted as done, the older one was what everybody had, and every poll found what was noted.
    const world = await declared();
    const { git } = world.world;
    let looks = 0;
    const listRefs: typeof git.listRefs = async (...asked) => {
      const shown = await git.listRefs(...asked);
      return ++looks === 2 ? { ...shown, refs: new Map([...shown.refs].map(([name]) => [name, world.first])) } : shown;
    };
    Object.assign(world.world, { git: { ...git, listRefs } });
    expect(await world.push({ "web/a.yaml": "kind: Newest" })).toMatchObject({ done: false, again: refMessage });
    expect(await world.inputOf("web")).toBe(world.before);
    expect(await fetchPush(refMessage, world.world)).toEqual({ done: true });
    expect(await world.inputOf("web")).not.toBe(world.before);
  });
});
