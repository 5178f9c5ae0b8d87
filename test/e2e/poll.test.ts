import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kubectl, newNamespace, type TestControlPlane, testControlPlane } from "../support/control-plane.ts";
import { applicationYaml, configMapYaml } from "../support/declarations.ts";
import { control } from "../support/fleet.ts";
import { startTestStack, type TestStack } from "../support/stack.ts";
import { linesOf, synced } from "../support/stack-reading.ts";

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
