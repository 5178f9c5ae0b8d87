import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeEks } from "../../shared/adapters/eks/clusters.ts";
import { openCluster } from "../../shared/adapters/kubernetes/cluster.ts";
import { openClusters } from "../../shared/adapters/kubernetes/clusters.ts";
import { openConnection } from "../../shared/adapters/kubernetes/connection.ts";
import { discoverApis } from "../../shared/adapters/kubernetes/discovery.ts";
import { realPace, sendTo } from "../../shared/adapters/kubernetes/requests.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { testCluster } from "../support/cluster-client.ts";
import { kubectl, newNamespace, type TestControlPlane } from "../support/control-plane.ts";

const ours = { fieldManager: "fairlead", force: true };
let controlPlane: TestControlPlane;
let cluster: Cluster;
let namespace: string;
let folder: string;

beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
  namespace = await newNamespace(controlPlane, "client");
  folder = await mkdtemp(join(tmpdir(), "fairlead-client-"));
});
afterAll(async () => {
  await cluster.close();
  await rm(folder, { recursive: true });
});

const address = () => ({ name: "test", server: new URL(controlPlane.server), ca: controlPlane.ca, allowLoopback: true });
const deployment = (spec: object): Manifest => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "web:1" }] } },
    ...spec,
  },
});

describe("discovery on a real server", () => {
  it("gives the same kinds in one request as in one per group", async () => {
    const connection = openConnection(address(), undefined);
    const send = sendTo(address(), { token: async () => controlPlane.token }, connection, realPace);
    const plain: typeof send = (request) => send({ ...request, headers: { accept: "application/json" } });
    const [aggregated, oneByOne] = await Promise.all([discoverApis("test", send), discoverApis("test", plain)]);
    await connection.close();
    const line = ({ apiVersion, kind, plural, namespaced }: (typeof oneByOne.kinds)[number]) =>
      [apiVersion, kind, plural, namespaced].join(" ");
    // Groups that other tests add and remove are none of the server's own.
    const own = (apis: typeof oneByOne) =>
      apis.kinds
        .filter(({ apiVersion }) => /^([a-z]+\/|[a-z.]+\.k8s\.io\/)?v\d/.test(apiVersion))
        .map(line)
        .sort();
    expect(own(aggregated)).toEqual(own(oneByOne));
    expect(own(aggregated).length).toBeGreaterThan(60);
  });

  it("finds a custom kind as soon as its definition is established", async () => {
    const group = `${namespace}.example.org`;
    const definition: Manifest = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `widgets.${group}` },
      spec: {
        group,
        scope: "Namespaced",
        names: { kind: "Widget", plural: "widgets" },
        versions: [
          {
            name: "v1",
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: "object", properties: { spec: { type: "object" } } } },
          },
        ],
      },
    };
    const widget: Manifest = { apiVersion: `${group}/v1`, kind: "Widget", metadata: { name: "one", namespace }, spec: {} };
    expect(await cluster.apply(widget, ours)).toMatchObject({ state: "refused", reason: "NotFound" });
    expect(await cluster.apply(definition, ours)).toMatchObject({ state: "applied", created: true });
    await kubectl(controlPlane, ["wait", "--for=condition=Established", `crd/widgets.${group}`]);
    await expect.poll(() => cluster.apply(widget, ours)).toMatchObject({ state: "applied" });
    await kubectl(controlPlane, ["delete", `crd/widgets.${group}`]);
  });
});

describe("refusals of a real server", () => {
  it("name the field that the schema does not have", async () => {
    const answer = await cluster.apply(deployment({ replcas: 3 }), ours);
    expect(answer).toMatchObject({ state: "refused", message: expect.stringContaining(".spec.replcas: field not declared in schema") });
  });

  it("name the field that cannot be changed", async () => {
    await cluster.apply(deployment({}), ours);
    const template = { metadata: { labels: { app: "api" } }, spec: { containers: [{ name: "web", image: "web:1" }] } };
    const answer = await cluster.apply(deployment({ selector: { matchLabels: { app: "api" } }, template }), ours);
    expect(answer).toMatchObject({ state: "refused", reason: "Invalid", fields: ["spec.selector"] });
  });

  it.each([
    ["a number in data", { data: { pin: 8_675_309 } }],
    ["a number in stringData", { stringData: { pin: 8_675_309 } }],
    ["a fraction", { stringData: { pin: 86_753_098.5 } }],
    ["a large number", { stringData: { pin: 8.67530981e25 } }],
    ["a map", { stringData: { pin: { inner: "8675309", also: 1 } } }],
    ["a list", { data: { pin: ["8675309", "x"] } }],
    ["text instead of stringData", { stringData: "8675309" }],
    ["a list instead of data", { data: ["8675309", "x"] }],
    ["text that is no base64", { data: { pin: "8675309!" } }],
    ["a value that does not suit the type", { type: "kubernetes.io/dockerconfigjson", stringData: { ".dockerconfigjson": "8675309" } }],
  ])("never quote a Secret's value, such as %s (S-01)", async (_, values) => {
    const secret: Manifest = { apiVersion: "v1", kind: "Secret", metadata: { name: "pins", namespace }, ...values };
    await cluster.apply({ apiVersion: "v1", kind: "Secret", metadata: { name: "pins", namespace } }, ours);
    const answers = [
      await cluster.apply(secret, ours),
      await cluster.apply(secret, { ...ours, dryRun: true }),
      await cluster.create({ ...secret, metadata: { name: "new", namespace } }, { ...ours, dryRun: true }),
      await cluster.create({ ...secret, metadata: { name: "new", namespace: "default" } }, { ...ours, dryRun: true, validate: false }),
      await cluster.replace(secret, ours),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({ state: "refused" });
      expect(JSON.stringify(answer)).not.toMatch(/8\.?675309/);
    }
  });

  it("name the field of a Secret that has no value as it must be", async () => {
    const pins: Manifest = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "pins", namespace },
      stringData: { pin: { inner: "8675309" } },
    };
    expect(await cluster.apply(pins, ours)).toMatchObject({ message: expect.stringContaining(".stringData.pin: expected string") });
  });

  it("tell forbidden from absent", async () => {
    await kubectl(controlPlane, ["-n", namespace, "create", "serviceaccount", "nobody"]);
    const token = (await kubectl(controlPlane, ["-n", namespace, "create", "token", "nobody"])).trim();
    const nobody = openCluster(address(), { token: async () => token });
    const at = { apiVersion: "v1", kind: "ConfigMap", namespace, name: "nothing" };
    expect(await nobody.get(at)).toMatchObject({ state: "forbidden", reason: expect.stringContaining("cannot get resource") });
    expect(await nobody.list(at)).toMatchObject({ state: "forbidden" });
    expect(await nobody.apply({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x", namespace } }, ours)).toMatchObject({
      state: "refused",
      reason: "Forbidden",
    });
    expect(await nobody.delete(at, { uid: "x", propagation: "Background" })).toMatchObject({ state: "refused", reason: "Forbidden" });
    expect(await cluster.get(at)).toEqual({ state: "absent" });
    await nobody.close();
  });

  it("of our credentials are final", async () => {
    const stranger = openCluster(address(), { token: async () => "not a token" });
    await expect(stranger.discover()).rejects.toMatchObject({ code: "ClusterForbidden", retry: false });
    await stranger.close();
  });

  it("never reach another object than the one named", async () => {
    const names = ["..", ".", "a/b", "a%2fb", ""];
    for (const name of names) {
      expect(await cluster.apply({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace } }, ours)).toMatchObject({
        state: "refused",
        reason: "Invalid",
      });
    }
    const escaped = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x", namespace: "../../../apis" } };
    expect(await cluster.apply(escaped, ours)).toMatchObject({ state: "refused", reason: "Invalid" });
  });
});

describe("a long list on a real server", () => {
  it("comes whole, page by page", async () => {
    const many = await newNamespace(controlPlane, "many");
    const maps = Array.from(
      { length: 1_100 },
      (_, index): Manifest => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: `m-${index}`, namespace: many } }),
    );
    await Promise.all(maps.map((manifest) => cluster.apply(manifest, ours)));
    const answer = await cluster.list({
      apiVersion: "v1",
      kind: "ConfigMap",
      namespace: many,
      fieldSelector: "metadata.name!=kube-root-ca.crt",
    });
    expect(answer.state === "listed" && new Set(answer.objects.map(({ metadata }) => metadata.name)).size).toBe(1_100);
  });
});

describe("a kubeconfig named on the command line", () => {
  const connect = (file: string, context?: string) => {
    const kubeconfigs = { mine: { file, ...(context !== undefined && { context }) } };
    return openClusters({
      record: async () => undefined,
      secrets: { read: async () => undefined },
      describeEks,
      allowLoopback: false,
      kubeconfigs,
    });
  };

  it("leads to the owner's cluster, on this machine too", async () => {
    const clusters = connect(controlPlane.kubeconfig);
    expect((await (await clusters.connect("mine")).discover()).version).toMatch(/^v1\./);
    await clusters.close();
  });

  it("may run the owner's credential plugin and name files, as his kubectl may", async () => {
    await writeFile(join(folder, "ca.crt"), controlPlane.ca);
    const credential = { apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status: { token: controlPlane.token } };
    await writeFile(
      join(folder, "plugin.sh"),
      `#!/bin/sh\n[ "$1" = get-token ] && [ "$WHO" = me ] && [ -n "$KUBERNETES_EXEC_INFO" ] && echo '${JSON.stringify(credential)}'\n`,
    );
    await chmod(join(folder, "plugin.sh"), 0o755);
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "./plugin.sh",
      args: ["get-token"],
      env: [{ name: "WHO", value: "me" }],
    };
    const kubeconfig = {
      clusters: [{ name: "c", cluster: { server: controlPlane.server, "certificate-authority": "ca.crt" } }],
      users: [{ name: "u", user: { exec } }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    };
    await writeFile(join(folder, "kubeconfig"), JSON.stringify(kubeconfig));
    const clusters = connect(join(folder, "kubeconfig"), "x");
    const at = { apiVersion: "v1", kind: "Namespace", namespace: "", name: "default" };
    expect(await (await clusters.connect("mine")).get(at)).toMatchObject({ state: "found" });
    await clusters.close();
  });

  it("says so when it is not there", async () => {
    await expect(connect(join(folder, "nothing")).connect("mine")).rejects.toMatchObject({
      code: "ConfigurationInvalid",
      message: expect.stringContaining("nothing"),
    });
  });
});
