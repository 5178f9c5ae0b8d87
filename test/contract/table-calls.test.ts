import { afterAll, beforeAll, expect, it } from "vitest";
import { dynamoTable } from "../../shared/adapters/table/dynamodb.ts";
import { documentClient } from "../../shared/adapters/table/open.ts";
import { standInsForTests, type TestStandIns } from "./stand-ins.ts";

let standIns: TestStandIns;
beforeAll(async () => {
  standIns = await standInsForTests();
});
afterAll(() => standIns.stop());

it("The table's stand-in tells what was asked of it since the last question, by operation and key, and notes nothing before the first", async () => {
  const table = dynamoTable(documentClient(standIns.dynamodb), standIns.table);
  const [web, shop] = [
    { pk: "app#web", sk: "state" },
    { pk: "app#shop", sk: "state" },
  ];
  await table.put({ ...web, v: 1 });
  expect(await standIns.tableCalls()).toStrictEqual([]);

  await table.put({ ...web, v: 1 });
  await table.update(web, { add: { fence: 1 } }, { fence: { absent: true } });
  await table.getMany([web, shop]);
  await table.query({ pk: "app#web", prefix: "event#" });

  expect(await standIns.tableCalls()).toStrictEqual([
    { operation: "PutItem", keys: ["app#web state"] },
    { operation: "UpdateItem", keys: ["app#web state"] },
    { operation: "BatchGetItem", keys: ["app#web state", "app#shop state"] },
    { operation: "Query", keys: ["app#web *"] },
  ]);
  expect(await standIns.tableCalls()).toStrictEqual([]);
});
