import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ownKubeconfig } from "../../../../infra/local/stack/own-kubeconfig.ts";
import { readKubeconfig } from "../../../../shared/adapters/kubernetes/kubeconfig.ts";

const pem = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";

describe("the user's kubeconfig", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "fairlead-kubeconfig-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = async (cluster: object, user: object): Promise<string> => {
    const file = join(folder, "config");
    const config = {
      clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:6443", ...cluster } }],
      users: [{ name: "u", user }],
      contexts: [{ name: "mine", context: { cluster: "c", user: "u" } }],
    };
    await writeFile(file, JSON.stringify(config));
    return file;
  };
  /** What the functions make of it, who trust nothing in it. */
  const forFunctions = (text: string) => readKubeconfig(text, { name: "yours", trusted: false });

  it("reaches the functions without the files it names", async () => {
    await writeFile(join(folder, "ca.crt"), pem);
    await writeFile(join(folder, "token"), "from-a-file\n");
    const file = await write({ "certificate-authority": "ca.crt" }, { tokenFile: "token" });
    const { cluster, user } = forFunctions(await (await ownKubeconfig("yours", file, "mine"))());
    expect(cluster).toEqual({
      server: "https://127.0.0.1:6443/",
      "certificate-authority-data": Buffer.from(pem).toString("base64"),
    });
    expect(user).toEqual({ token: "from-a-file" });
  });

  it("reaches them with what its plugin says now, and without the plugin", async () => {
    const plugin = join(folder, "plugin.sh");
    const expired = { kind: "ExecCredential", status: { token: "TOKEN", expirationTimestamp: "2020-01-01T00:00:00Z" } };
    await writeFile(
      plugin,
      `#!/bin/sh\necho x >> ${folder}/runs\necho '${JSON.stringify(expired)}' | sed "s/TOKEN/run-$(wc -l < ${folder}/runs)/"\n`,
    );
    await chmod(plugin, 0o755);
    const file = await write({}, { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "./plugin.sh" } });
    const credentials = await ownKubeconfig("yours", file, "mine");
    const [first, second] = [forFunctions(await credentials()), forFunctions(await credentials())];
    expect(first.user.exec).toBeUndefined();
    expect(first.user.token).toMatch(/^run-\d+$/);
    expect(second.user.token).not.toBe(first.user.token);
  });

  it("is refused where the functions could not follow it", async () => {
    const file = await write({ "tls-server-name": "other.example" }, { token: "t" });
    await expect(ownKubeconfig("yours", file, "mine")).rejects.toMatchObject({ code: "ConfigurationInvalid" });
    await expect(ownKubeconfig("yours", file, "theirs")).rejects.toThrow('no context "theirs"');
  });
});
