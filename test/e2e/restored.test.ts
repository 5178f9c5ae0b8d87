import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { local } from "../../infra/local/stand-ins/names.ts";
import { sqsDeadLetters } from "../../shared/adapters/queue/dead-letters.ts";
import { readState } from "../../shared/state/application-state.ts";
import { keys } from "../../shared/state/items.ts";
import { kubectl, newNamespace, type TestControlPlane, testControlPlane } from "../support/control-plane.ts";
import { applicationYaml, configMapYaml } from "../support/declarations.ts";
import { eventually } from "../support/eventually.ts";
import { control } from "../support/fleet.ts";
import { startTestStack, type TestStack } from "../support/stack.ts";
import { linesOf, synced } from "../support/stack-reading.ts";
import { standInItems } from "../support/stand-in-items.ts";

let cluster: TestControlPlane;
let stack: TestStack;
let namespace: string;
let name: string;
let items: ReturnType<typeof standInItems>;
let sqs: SQSClient;

beforeAll(async () => {
  cluster = await testControlPlane();
  namespace = await newNamespace(cluster, "restored");
  name = namespace;
  stack = await startTestStack([{ ...cluster, name: "harbor" }]);
  items = standInItems(stack.standIns);
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  sqs = new SQSClient({ endpoint: stack.standIns.endpoints.sqs, region: local.region, credentials });
  await stack.push(control, { "web.yaml": applicationYaml(name, { repository: "restored/web", path: "app", namespace }) });
});
afterAll(async () => {
  items?.close();
  sqs?.destroy();
  await stack?.stop();
});

const maps = (...names: readonly string[]) =>
  Object.fromEntries(
    ["one", "two", "three", "four"].map((map) => [`app/${map}.yaml`, names.includes(map) ? configMapYaml(map, { step: "1" }) : null]),
  );
const push = async (...names: readonly string[]) => {
  const sha = await stack.push("restored/web", maps(...names));
  await synced(stack, name, sha);
};
const stands = async () =>
  (
    await kubectl(cluster, [
      "-n",
      namespace,
      "get",
      "configmap",
      "-o",
      "jsonpath={range .items[*]}{.metadata.name}@{.metadata.resourceVersion} {end}",
    ])
  )
    .split(" ")
    .filter((line) => line !== "" && !line.startsWith("kube-root-ca"))
    .toSorted();
const names = async () => (await stands()).map((line) => line.split("@")[0]);
const state = () => readState(stack.table, name);
const proven = (epoch: number) =>
  eventually("its cluster is searched", async () => {
    const found = await state();
    return found?.epoch === epoch && found.unproven === undefined && found.observedGeneration === found.desiredGeneration;
  });

describe("a stack whose table went back", () => {
  it("F-29: leaves what stands alone, and prunes again once its cluster was searched", async () => {
    await push("one", "two");
    const backup = await items.all();
    await push("two", "three");
    // Minutes go by: the mark rises.
    await stack.table.update(keys.epoch, { set: { markedAt: 0 } });
    await stack.functions.invoke("scan", { scan: "sweep" });
    const before = await stands();

    await items.restore(backup);
    await stack.functions.invoke("scan", { scan: "sweep" });
    await proven(2);
    expect(await stands()).toEqual(before);
    expect(linesOf(stack, "table-restored")).toMatchObject([{ epoch: 2, lost: false }]);
    await push("three");
    expect(await names()).toEqual(["three"]);
  });

  it("F-30: is rebuilt from the control repository and the cluster when all of it is lost", async () => {
    await push("three", "four");
    const before = await stands();
    await items.restore();
    await stack.functions.invoke("scan", { scan: "sweep" });
    await stack.functions.invoke("scan", { scan: "drift" });
    await proven(3);
    expect(await stands()).toEqual(before);
    await push("four");
    expect(await names()).toEqual(["four"]);
  });
});

describe("F-27: dead letters of a stack", () => {
  it("go back a week later and do no harm, whatever has become of what they name", async () => {
    await push("one", "four");
    const before = { state: await state(), stands: await stands() };
    const bodies = [
      { queue: "syncs-public", body: { v: 1, application: name, saw: { fence: 1, beat: 1 } } },
      { queue: "syncs-public", body: { v: 1, application: "gone" } },
      { queue: "pushes", body: { v: 1, kind: "application", application: "gone" } },
      { queue: "pushes", body: { v: 1, kind: "ref", repository: "nowhere.example/team/gone", ref: "refs/heads/main" } },
      { queue: "renders", body: { v: 1, input: before.state?.input ?? "", applications: [name, "gone"] } },
      { queue: "notices", body: { v: 1, application: name, event: "0000000001" } },
      { queue: "syncs-public", body: { v: 7, application: name } },
    ] as const;
    for (const { queue, body } of bodies) {
      const QueueUrl = stack.standIns.queueUrl(`${queue}-dead`);
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) }));
    }
    // One that nobody can read, and another behind it.
    for (const MessageBody of ["not JSON", JSON.stringify({ v: 1, application: name })])
      await sqs.send(new SendMessageCommand({ QueueUrl: stack.standIns.queueUrl("syncs-public"), MessageBody }));
    for (const queue of ["syncs-public", "pushes", "renders", "notices"] as const) {
      const letters = sqsDeadLetters(sqs, stack.standIns.queueUrl(queue));
      const sent = bodies.filter((each) => each.queue === queue).length;
      expect(
        await letters.redrive(
          () => true,
          async () => undefined,
        ),
      ).toEqual({ moved: sent, left: 0 });
    }
    await eventually("those that cannot be read are told", () => linesOf(stack, "message-failed").length >= 2);
    expect(
      linesOf(stack, "message-failed")
        .map(({ code }) => code)
        .toSorted(),
    ).toEqual(["MessageInvalid", "MessageNewer"]);
    await push("one");
    expect(await names()).toEqual(["one"]);
    expect((await state())?.events).toBe((before.state?.events ?? 0) + 1);
  });
});
