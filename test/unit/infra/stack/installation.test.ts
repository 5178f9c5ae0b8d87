import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  clustersLeftToUs,
  ownWebhookPath,
  readOwnInstallation,
  secretsNamedIn,
  uselessKubeconfig,
  writeSampleInstallation,
} from "../../../../infra/local/stack/installation.ts";
import { scheduleOf } from "../../../../shared/config/intervals.ts";

describe("the stack's installation file", () => {
  let folder = "";
  const file = () => join(folder, "fairlead.yaml");
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "fairlead-installation-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("is one that a person could have written, and give back", async () => {
    await writeSampleInstallation(file(), [{ name: "harbor" }, { name: "quay" }], "http://127.0.0.1:4000/");
    const installation = await readOwnInstallation(file());
    expect(installation.mirrors).toEqual([{ from: "https://git.example.com/", to: "http://127.0.0.1:4000/" }]);
    expect(installation.defaultCluster).toBe("harbor");
    expect(clustersLeftToUs(installation)).toEqual(["harbor", "quay"]);
    expect(ownWebhookPath(installation)).toBe("/hooks/git");
    expect(secretsNamedIn(installation).toSorted()).toEqual(["cluster-harbor", "cluster-quay", "git", "slack", "webhook"]);
  });

  it("may be the user's own, with clusters elsewhere and one that is left to us", async () => {
    await writeFile(
      file(),
      `controlRepository: { repoURL: https://github.com/acme/control.git }
defaultCluster: local
connections:
  - { name: hub, suffix: x7, provider: github, secret: webhook, repositories: [github.com/acme/*] }
clusters:
  - { name: local, credentials: cluster-local }
  - { name: prod, eks: { cluster: prod, region: eu-central-1 } }
  - { name: edge, server: https://edge.example, credentials: edge-token }
intervals: { driftSeconds: 90 }
`,
    );
    const installation = await readOwnInstallation(file());
    expect(clustersLeftToUs(installation)).toEqual(["local"]);
    expect(ownWebhookPath(installation)).toBe("/hooks/hub-x7");
    expect(secretsNamedIn(installation)).toEqual(["webhook", "cluster-local", "edge-token"]);
    expect(scheduleOf(installation)).toEqual({ sweep: 60, poll: 180, drift: 90 });
  });

  it("leaves no cluster to a kubeconfig: that was passed over in silence", () => {
    expect(uselessKubeconfig("~/.kube/config", "fairlead.yaml").message).toContain(
      "No cluster of fairlead.yaml is left to ~/.kube/config: write one as {name: NAME, credentials: cluster-NAME}",
    );
  });

  it("is refused with file and line of all that is wrong", async () => {
    await writeFile(file(), "controlRepository: {}\nbogus: 1\n");
    await expect(readOwnInstallation(file())).rejects.toThrow(
      /fairlead\.yaml:1:\d+: controlRepository\.repoURL[\s\S]*fairlead\.yaml:2:1: bogus/,
    );
    await expect(readOwnInstallation(join(folder, "none.yaml"))).rejects.toThrow("none.yaml cannot be read");
  });
});
