import { expect, it } from "vitest";
import { wish } from "../../../shared/state/wishes.ts";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

it("a rollback is over with the next input, even when Git goes back to what it held off later (F-21)", async () => {
  const { declare, commit, state, table } = syncWorld();
  await declare(anApplication());
  await commit("web", [configMap("bad")], "bad");
  const rollback = { to: "1", output: "good", insteadOf: "input-bad", by: "ada" };
  await wish(table, "web", { rollback }, 1);
  await commit("web", [configMap("bad")], "bad");
  expect((await state()).rollback).toEqual(rollback);
  await commit("web", [configMap("better")], "better");
  await commit("web", [configMap("bad")], "bad");
  expect((await state()).rollback).toBeUndefined();
});

it("a wish ends what it names and leaves undefined", async () => {
  const { declare, state, table } = syncWorld();
  await declare(anApplication());
  await wish(table, "web", { rollback: { to: "1", output: "good", insteadOf: "x", by: "ada" }, terminate: "ada" }, 1);
  await wish(table, "web", { rollback: undefined }, 2);
  expect(await state()).toMatchObject({ terminate: "ada" });
  expect((await state()).rollback).toBeUndefined();
});
