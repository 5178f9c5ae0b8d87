import { join, relative } from "node:path";
import { sampleNamespaces } from "../sample/sample.ts";
import type { StackCluster } from "../stack/clusters.ts";
import type { Stack } from "../stack/start-stack.ts";
import { stackFolder } from "../stack-file.ts";
import type { ClonePlace } from "./clone-place.ts";
import type { Paint } from "./paint.ts";

export interface Welcome {
  /** Where everything is. */
  readonly addresses: readonly string[];
  /** What to try next; empty with an installation file of the user's own, where we do not know what there is. */
  readonly tries: readonly string[];
}

export interface WelcomeFacts {
  readonly stack: Pick<Stack, "folders" | "tools" | "clusters" | "webhook" | "missingSecrets"> & {
    readonly git: Pick<Stack["git"], "remote">;
    readonly slack: Pick<Stack["slack"], "url">;
  };
  /** Where the sample is cloned to in the commands shown. */
  readonly clone: ClonePlace;
  readonly sample: boolean;
  /** The folder goes away at the end. */
  readonly temporary: boolean;
  readonly ownCluster: boolean;
  /** The folder that commands are run in. */
  readonly here: string;
  readonly paint: Paint;
}

const label = (text: string): string => `  ${text.padEnd(10)}`;

export const welcome = (facts: WelcomeFacts): Welcome => {
  const { stack, sample, ownCluster, paint } = facts;
  const { clusters, slack, missingSecrets, folders } = stack;
  const kubectl = clusters.map((cluster) => `${label(cluster.name)}${kubectlFor(cluster, facts)} get deployments -A`);
  return {
    addresses: [
      "",
      paint("strong", "Fairlead is running."),
      "",
      `${label("Git")}${cloneCommand(facts)}`,
      `${label("Webhook")}${webhookLine(facts)}`,
      ...kubectl,
      `${label("Slack")}${slack.url}`,
      `${label("State")}${fairlead(facts, "status")}`,
      ...(ownCluster ? ["", ...removal(facts)] : []),
      ...missingSecrets.map(
        (name) => `${label("Missing")}the secret ${name}, which your file names: put it into ${folders.secrets}/${name}.json (chmod 600)`,
      ),
      "",
    ],
    tries: sample ? tries(facts) : [],
  };
};

/** The command looks for a folder of the usual name, as git does for its own; any other has to be named. */
const fairlead = ({ stack: { folders }, here }: WelcomeFacts, words: string): string =>
  `npx fairlead ${words}${folders.root === join(here, stackFolder) ? "" : ` --folder ${shown(folders.root, here)}`}`;

const cloneCommand = ({ stack, clone: { path, cloned, anonymous } }: WelcomeFacts): string => {
  if (cloned) return `git -C ${path} pull -q    (a clone of ${stack.git.remote})`;
  return `git clone ${anonymous ? "-c user.name=You -c user.email=you@example.com " : ""}${stack.git.remote} ${path}`;
};

const webhookLine = ({ stack: { webhook, folders }, here }: WelcomeFacts): string =>
  webhook === undefined
    ? "your file has no connection for the Git server here: its pushes are found by polling"
    : `${webhook} (its secret: ${shown(join(folders.secrets, "webhook.json"), here)})`;

const shown = (path: string, here: string): string => {
  const short = relative(here, path);
  return short.startsWith("..") ? path : short;
};

const kubectlFor = ({ kubeconfig, context }: StackCluster, { stack, here, temporary }: WelcomeFacts): string =>
  [
    temporary ? stack.tools.kubectl : shown(join(stack.folders.bin, "kubectl"), here),
    `--kubeconfig ${shown(kubeconfig, here)}`,
    ...(context === undefined ? [] : [`--context ${context}`]),
  ].join(" ");

const removal = (facts: WelcomeFacts): readonly string[] => {
  const [cluster] = facts.stack.clusters;
  if (cluster === undefined || !facts.sample) return [];
  return [
    "  harbor and quay are both your cluster. Nothing in it is touched but the sample's own namespaces; to remove them, end this and run",
    `    ${kubectlFor(cluster, facts)} delete namespace --ignore-not-found ${sampleNamespaces.join(" ")}`,
  ];
};

const tries = (facts: WelcomeFacts): readonly string[] => {
  const { stack, clone, paint } = facts;
  const named = (name: string) => {
    const cluster = stack.clusters.find((each) => each.name === name);
    return cluster === undefined ? "kubectl" : kubectlFor(cluster, facts);
  };
  const push = (edit: string, message: string) => `(cd ${clone.path} && ${edit} && git commit -qam "${message}" && git push -q)`;
  const all: readonly (readonly [string, string])[] = [
    ["Clone what is running", cloneCommand(facts)],
    ["Push an edit", push("sed -i 's/count: 3/count: 5/' shop/overlays/production/kustomization.yaml", "More shops")],
    ["Delete a Deployment", `${named("quay")} -n lighthouse delete deployment lamp`],
    ["Scale one by hand", `${named("harbor")} -n shop-staging scale deployment web --replicas 4`],
    [
      "Scale one that nobody puts back, and ask what differs",
      `${named("quay")} -n ferry scale deployment bridge --replicas 2; ${fairlead(facts, "diff ferry")}`,
    ],
    [
      "Go back to what stood before the edit",
      `${fairlead(facts, "rollback shop-production")}    (and: ${fairlead(facts, "history shop-production")})`,
    ],
    ["Fail before anything is changed", push("sed -i 's/simulate: pass/simulate: fail/' ferry/inspection.yaml", "A hole in the hull")],
    [
      "Push a broken chart",
      push("sed -i 's/{{ .Values.replicas }}/{{ .Values.replicas }/' charts/tides/templates/deployment.yaml", "Oops"),
    ],
    ["… and mend it", `(cd ${clone.path} && git revert --no-edit HEAD && git push -q)`],
    ...(facts.ownCluster
      ? []
      : ([
          ["Take a cluster away", `${fairlead(facts, "local stop-cluster quay")}    (and: ${fairlead(facts, "local start-cluster quay")})`],
        ] as const)),
  ];
  return [
    "",
    paint("strong", "Try next, in another terminal, and watch what happens here:"),
    "",
    ...all.flatMap(([what, command]) => [`  ${what}`, `    ${paint("news", command)}`]),
    "",
    paint("quiet", "  Ctrl-C ends everything; the next npm start goes on from here."),
    "",
  ];
};
