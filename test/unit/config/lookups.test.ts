import { describe, expect, it } from "vitest";
import { controlApplication } from "../../../shared/config/control-application.ts";
import { clusterOf, knownClusters } from "../../../shared/config/destinations.ts";
import { credentialsFor, mirroredUrl } from "../../../shared/config/repositories.ts";
import type { Destination } from "../../../shared/model/application.ts";
import type { ClusterRecord } from "../../../shared/model/cluster.ts";
import { completeFile, installationOf } from "./installation.ts";

const arn = "arn:aws:eks:eu-west-1:111122223333:cluster/production";
const production: ClusterRecord = { name: "production", eks: { cluster: arn }, network: "public" };
const office: ClusterRecord = { name: "office", server: "https://10.0.0.1:6443", network: "public" };
const declared: ClusterRecord = { name: "edge", server: "https://edge.example", network: "public" };
const known = knownClusters({ clusters: [production, office], defaultCluster: "production" }, [declared]);

describe("a destination", () => {
  const found = (destination: Partial<Destination>, among = known) => clusterOf({ namespace: "web", ...destination }, among);

  it.each([
    ["a cluster's name", { name: "office" }, "office"],
    ["the name of one that the control repository declares", { name: "edge" }, "edge"],
    ["a server's address", { server: "https://10.0.0.1:6443" }, "office"],
    ["an address with another spelling", { server: "https://EDGE.example:443/" }, "edge"],
    ["an EKS cluster's ARN", { server: arn }, "production"],
    ["the cluster Argo CD would run in", { server: "https://kubernetes.default.svc" }, "production"],
    ["its other name", { name: "in-cluster" }, "production"],
    ["a server with an empty name beside it", { server: "https://10.0.0.1:6443", name: "" }, "office"],
  ])("may be %s", (_, destination, name) => {
    expect(found(destination)).toBe(name);
  });

  it.each([
    ["both server and name", { server: "https://a", name: "b" }, "has both server and name"],
    ["neither", {}, "has neither server nor name"],
    ["an unknown name", { name: "staging" }, "destination.name staging is not a registered cluster; register it"],
    ["a slip in a name", { name: "ofice" }, "did you mean office?"],
    ["an unknown server", { server: "https://10.0.0.2" }, "destination.server https://10.0.0.2 is not a registered cluster's"],
  ])("is refused for %s", (_, destination, words) => {
    expect(() => found(destination)).toThrow(words);
  });

  it("needs its name where two clusters have one address", () => {
    const twice = knownClusters({ clusters: [office, { ...office, name: "office-2" }] });
    expect(() => found({ server: "https://10.0.0.1:6443" }, twice)).toThrow("the address of several clusters (office, office-2)");
    expect(found({ name: "office-2" }, twice)).toBe("office-2");
  });
});

describe("the default cluster", () => {
  const inCluster = { name: "in-cluster", namespace: "" };

  it("is the only one where none is named", () => {
    expect(clusterOf(inCluster, knownClusters({ clusters: [office] }, [declared]))).toBe("office");
  });

  it("is asked for where there are several", () => {
    expect(() => clusterOf(inCluster, knownClusters({ clusters: [office, production] }))).toThrow("set defaultCluster there");
  });

  it("must be registered", () => {
    expect(() => clusterOf(inCluster, knownClusters({ clusters: [office], defaultCluster: "west" }))).toThrow(
      "west is not a registered cluster",
    );
  });

  it("cannot be replaced by a cluster of the same name in a repository", () => {
    const taken = knownClusters({ clusters: [office] }, [{ ...declared, name: "office" }]);
    expect(taken.clusters).toEqual([office]);
  });
});

describe("a mirror", () => {
  const mirrors = [
    { from: "https://github.com/", to: "https://git.example/all/" },
    { from: "https://github.com/acme/", to: "ssh://git@git.example/acme/" },
  ];

  it("stands in for the longest start that matches", () => {
    expect(mirroredUrl("https://github.com/acme/web", mirrors)).toBe("ssh://git@git.example/acme/web");
    expect(mirroredUrl("https://github.com/other/web", mirrors)).toBe("https://git.example/all/other/web");
  });

  it("leaves other URLs alone", () => {
    expect(mirroredUrl("https://gitlab.com/acme/web", mirrors)).toBe("https://gitlab.com/acme/web");
  });
});

describe("a repository's credentials", () => {
  const credentials = [
    { prefix: "https://github.com/acme/", secret: "acme" },
    { prefix: "https://github.com/acme/web", secret: "web" },
  ];

  it("are those of the longest start, however the URL is written", () => {
    expect(credentialsFor("https://github.com/acme/api.git", credentials)).toBe("acme");
    expect(credentialsFor("git@github.com:acme/web.git", credentials)).toBe("web");
  });

  it("are not given to a neighbour whose name begins the same", () => {
    expect(credentialsFor("https://github.com/acme-evil/web", credentials)).toBeUndefined();
    expect(credentialsFor("https://github.com.evil.example/acme/web", credentials)).toBeUndefined();
    expect(credentialsFor("https://evil.example/https://github.com/acme/web", credentials)).toBeUndefined();
  });

  it("are none for a prefix that says nothing", () => {
    expect(credentialsFor("https://github.com/acme/web", [{ prefix: "https://", secret: "all" }])).toBeUndefined();
  });
});

describe("the control repository", () => {
  it("is an Application like any other, in the control namespace of the default cluster", () => {
    expect(controlApplication(installationOf(completeFile))).toMatchObject({
      name: "control",
      namespace: "argocd",
      project: "default",
      sources: [{ repoURL: "https://github.com/acme/gitops", targetRevision: "main", path: "argocd", directory: { recurse: true } }],
      destination: { server: "https://kubernetes.default.svc", namespace: "argocd" },
      syncPolicy: { automated: { prune: true, selfHeal: true, allowEmpty: false } },
    });
  });

  it("may be a kustomization where recurse is not asked for", () => {
    expect(controlApplication(installationOf(completeFile.replace("  recurse: true\n", ""))).sources[0]).not.toHaveProperty("directory");
  });
});
