import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StackCluster } from "../../../../infra/local/stack/clusters.ts";
import { fillSecrets, hasSecret, keptSecret, writeSecret } from "../../../../infra/local/stack/secrets.ts";
import { secretsFolder } from "../../../../shared/adapters/secrets/folder.ts";

describe("the secrets of a stack", () => {
  let folder = "";
  const read = (name: string) => secretsFolder(folder).read(name);
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), "fairlead-secrets-")), "secrets");
  });
  afterEach(() => rm(join(folder, ".."), { recursive: true, force: true }));

  it("are what the functions read, and stay the same from start to start", async () => {
    const first = await keptSecret(folder, "webhook");
    expect(await read("webhook")).toEqual({ value: first });
    expect(await keptSecret(folder, "webhook")).toBe(first);
    expect(hasSecret(folder, "other")).toBe(false);
  });

  it("hold each cluster's credentials as they are now, and what is the user's own stays", async () => {
    await writeSecret(folder, "slack", { value: "https://hooks.slack.com/services/mine" });
    const filled = await fillSecrets(folder, [clusterWith(async () => "kubeconfig-1")], "http://127.0.0.1:6000/services/x");
    await filled.stop();
    expect(await read("cluster-harbor")).toEqual({ kubeconfig: "kubeconfig-1" });
    expect(await read("slack")).toEqual({ value: "https://hooks.slack.com/services/mine" });
    expect(hasSecret(folder, "fingerprints")).toBe(true);
  });

  it("lead to today's Slack stand-in, whatever its port was yesterday", async () => {
    for (const port of [6000, 6001]) {
      const filled = await fillSecrets(folder, [], `http://127.0.0.1:${port}/services/x`);
      await filled.stop();
    }
    expect(await read("slack")).toEqual({ value: "http://127.0.0.1:6001/services/x" });
  });
});

const clusterWith = (credentials: StackCluster["credentials"]): StackCluster => ({
  name: "harbor",
  kubeconfig: "/nowhere",
  credentials,
  open: () => Promise.reject(new Error("nobody looks")),
});
