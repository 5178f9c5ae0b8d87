import { describe, expect, it } from "vitest";
import { Failure } from "../../../shared/model/failure.ts";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

const away = new Failure("ClusterUnreachable", "harbor", "harbor does not answer");

describe("a failed operation in history", () => {
  it("says that it was for an outage, so that people hear of the cluster and not of each Application", async () => {
    const { declare, commit, sync, history } = syncWorld({ clusters: { connect: () => Promise.reject(away) } });
    await declare(anApplication());
    await commit("web", [configMap("a")]);
    await sync();
    expect(await history()).toMatchObject([{ kind: "failed", outage: true }]);
  });

  it("says nothing of the kind where the objects are at fault", async () => {
    const { declare, commit, sync, history } = syncWorld({
      refuse: ({ kind }) => (kind === "ConfigMap" ? { reason: "Invalid", message: "no" } : undefined),
    });
    await declare(anApplication());
    await commit("web", [configMap("a")]);
    await sync();
    const [event] = await history();
    expect(event).toMatchObject({ kind: "failed" });
    expect(event).not.toHaveProperty("outage");
  });
});
