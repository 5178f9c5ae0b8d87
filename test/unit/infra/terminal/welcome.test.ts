import { describe, expect, it } from "vitest";
import { stackFolders } from "../../../../infra/local/stack/folders.ts";
import { painter } from "../../../../infra/local/terminal/paint.ts";
import { type WelcomeFacts, welcome } from "../../../../infra/local/terminal/welcome.ts";

const cluster = (name: string) => ({
  name,
  kubeconfig: `/home/ada/fairlead/.fairlead/clusters/${name}/kubeconfig`,
  credentials: async () => "",
  open: () => Promise.reject(new Error("nobody looks")),
});

const facts = (change: Partial<WelcomeFacts> = {}): WelcomeFacts => ({
  stack: {
    folders: stackFolders("/home/ada/fairlead/.fairlead"),
    tools: { kubectl: "/cache/kubectl", helm: "/cache/helm" },
    clusters: [cluster("harbor"), cluster("quay")],
    git: { remote: "http://captain:word@127.0.0.1:4000/fairlead/sample.git" },
    webhook: "http://127.0.0.1:5000/hooks/git",
    slack: { url: "http://127.0.0.1:6000" },
    missingSecrets: [],
  },
  clone: { path: "/tmp/fairlead-sample", cloned: false, anonymous: false },
  sample: true,
  temporary: false,
  ownCluster: false,
  here: "/home/ada/fairlead",
  paint: painter(false),
  ...change,
});

const text = (lines: readonly string[]) => lines.join("\n");

describe("the welcome", () => {
  it("gives every address as a command or a link", () => {
    const { addresses } = welcome(facts());
    expect(text(addresses)).toContain("git clone http://captain:word@127.0.0.1:4000/fairlead/sample.git /tmp/fairlead-sample");
    expect(text(addresses)).toContain("http://127.0.0.1:5000/hooks/git");
    expect(text(addresses)).toContain("http://127.0.0.1:6000");
    expect(text(addresses)).toContain("npx fairlead status");
    for (const name of ["harbor", "quay"])
      expect(text(addresses)).toContain(`.fairlead/bin/kubectl --kubeconfig .fairlead/clusters/${name}/kubeconfig get deployments -A`);
  });

  it("says what to try, each as one command", () => {
    const { tries } = welcome(facts());
    for (const part of [
      "git push",
      "delete deployment lamp",
      "scale deployment web",
      "stop-cluster quay",
      "templates/deployment.yaml",
      "rollback",
      "inspection.yaml",
    ])
      expect(text(tries)).toContain(part);
  });

  it("had commands that found nothing where the folder was another one: they name it", () => {
    const { addresses, tries } = welcome(facts({ stack: { ...facts().stack, folders: stackFolders("/srv/trial") } }));
    expect(text(addresses)).toContain("npx fairlead status --folder /srv/trial");
    expect(text(tries)).toContain("npx fairlead local stop-cluster quay --folder /srv/trial");
  });

  it("tells git who commits where git does not know", () => {
    const { addresses } = welcome(facts({ clone: { path: "/tmp/x", cloned: false, anonymous: true } }));
    expect(text(addresses)).toContain("git clone -c user.name=You -c user.email=you@example.com http");
  });

  it("uses the clone of an earlier start", () => {
    const { addresses } = welcome(facts({ clone: { path: "/tmp/x", cloned: true, anonymous: false } }));
    expect(text(addresses)).toContain("git -C /tmp/x pull -q");
  });

  it("says of the user's own cluster what both names mean, and how to remove what came", () => {
    const own = { ...cluster("harbor"), kubeconfig: "/home/ada/.kube/config", context: "kind" };
    const { addresses, tries } = welcome(
      facts({ ownCluster: true, temporary: true, stack: { ...facts().stack, clusters: [own, { ...own, name: "quay" }] } }),
    );
    expect(text(addresses)).toContain("harbor and quay are both your cluster");
    expect(text(addresses)).toMatch(
      /\/cache\/kubectl --kubeconfig \/home\/ada\/.kube\/config --context kind delete namespace .*shop-staging/,
    );
    expect(text(tries)).not.toContain("stop-cluster");
  });

  it("names the secrets that the user's own file needs, and proposes nothing for repositories it does not know", () => {
    const { addresses, tries } = welcome(
      facts({ sample: false, stack: { ...facts().stack, missingSecrets: ["github"], webhook: undefined } }),
    );
    expect(text(addresses)).toContain("/home/ada/fairlead/.fairlead/secrets/github.json");
    expect(tries).toEqual([]);
  });
});
