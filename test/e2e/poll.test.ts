import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { git } from "../../infra/local/git-host/git.ts";
import type { ApplicationState } from "../../shared/state/application-state.ts";
import { kubectl, newNamespace, type TestControlPlane, testControlPlane } from "../support/control-plane.ts";
import { applicationYaml, configMapYaml } from "../support/declarations.ts";
import { control } from "../support/fleet.ts";
import { startTestStack, type TestStack } from "../support/stack.ts";
import { linesOf, slackSays, stateWhere, synced } from "../support/stack-reading.ts";

let cluster: TestControlPlane;
let stack: TestStack;
let namespace: string;

beforeAll(async () => {
  cluster = await testControlPlane();
  namespace = await newNamespace(cluster, "lost");
  stack = await startTestStack([{ ...cluster, name: "harbor" }], { every: { poll: 4 } });
});
afterAll(() => stack?.stop());

const stepOf = (name: string) => kubectl(cluster, ["-n", namespace, "get", `configmap/${name}`, "-o", "jsonpath={.data.step}"]);

describe("a push whose webhook never came", () => {
  it("is found by the poll, once", async () => {
    const first = await stack.push("lost/web", { "app/map.yaml": configMapYaml("web", { step: "1" }) });
    await stack.push(control, { "web.yaml": applicationYaml("lost-web", { repository: "lost/web", path: "app", namespace }) });
    await synced(stack, "lost-web", first);

    stack.deliver(false);
    const sha = await stack.push("lost/web", { "app/map.yaml": configMapYaml("web", { step: "2" }) });
    await synced(stack, "lost-web", sha);
    stack.deliver(true);
    expect(await stepOf("web")).toBe("2");
    expect(linesOf(stack, "poll-found").filter((line) => line.sha === sha)).toHaveLength(1);
    expect(linesOf(stack, "push-received").filter((line) => line.after === sha)).toEqual([]);
  });
});

describe("what the Git host says to nobody", () => {
  it("is found by the poll, too: a deleted branch, and another default branch", async () => {
    const main = await stack.push("lost/refs", { "app/map.yaml": configMapYaml("refs", { step: "main" }) });
    const host = (...args: readonly string[]) => git(stack.git.path("lost/refs"), args);
    await host("update-ref", "refs/heads/release", main);
    const follows = (targetRevision: string) => applicationYaml(`lost-${targetRevision}`, { ...followed, targetRevision });
    const followed = { repository: "lost/refs", path: "app", namespace, automated: null };
    await stack.push(control, { "release.yaml": follows("release"), "head.yaml": follows("HEAD").replaceAll("lost-HEAD", "lost-head") });
    const fetched = ({ input, sourceError }: ApplicationState) => input !== undefined && sourceError === undefined;
    await stateWhere(stack, "lost-release", fetched);
    await stateWhere(stack, "lost-head", fetched);

    await host("update-ref", "-d", "refs/heads/release");
    const { sourceError } = await stateWhere(stack, "lost-release", (state) => state.sourceError !== undefined);
    expect(sourceError).toBe("The repository has no branch or tag release.");
    expect(await slackSays(stack, "lost-release", "could not be synced", "no branch or tag release")).toBeDefined();

    stack.deliver(false);
    const trunk = await stack.push("lost/refs", { "app/map.yaml": configMapYaml("refs", { step: "trunk" }) });
    await host("update-ref", "refs/heads/trunk", trunk);
    await host("update-ref", "refs/heads/main", main);
    await host("symbolic-ref", "HEAD", "refs/heads/trunk");
    await stateWhere(stack, "lost-head", ({ revisions }) => revisions[0]?.sha === trunk);
    stack.deliver(true);
    expect((await stateWhere(stack, "lost-release", () => true)).sourceError).toBe(sourceError);
  });
});
