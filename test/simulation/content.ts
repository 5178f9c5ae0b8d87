import type { Manifest } from "../../shared/model/manifest.ts";
import { defaultProject } from "../../shared/model/project.ts";
import type { Tree } from "../fakes/memory-snapshot.ts";
import type { ApplicationPlan, ObjectKind, ObjectPlan } from "./plan.ts";

/** One object of an Application at one commit; `rev` is the push that changed it last. */
export interface ContentObject {
  readonly name: string;
  readonly kind: ObjectKind;
  readonly wave: number;
  readonly rev: number;
}

/** What an Application consists of at one commit. */
export type Content = readonly ContentObject[];

export const revAnnotation = "simulation.example.com/rev";
const waveAnnotation = "argocd.argoproj.io/sync-wave";
const hookAnnotation = "argocd.argoproj.io/hook";

/** Must be found in no table, queue or log. */
export const secretMark = "S3CR3T";
const secretValue = (rev: number): string => `${secretMark}-${rev}`;
export const encodedSecretMark = Buffer.from(secretMark).toString("base64").slice(0, 8);

const group = "simulation.example.com";

/** The only CRD of a schedule and an object of its kind, each in a wave of its own. */
export const thingsOf = (crd: number, thing: number): readonly ObjectPlan[] => [
  { name: "thing", kind: "Thing", wave: thing },
  { name: `things.${group}`, kind: "Crd", wave: crd },
];

const apiVersions: Readonly<Record<ObjectKind, string>> = {
  ConfigMap: "v1",
  Secret: "v1",
  Deployment: "apps/v1",
  Hook: "batch/v1",
  Crd: "apiextensions.k8s.io/v1",
  Thing: `${group}/v1`,
};

export const apiVersionOf = (kind: ObjectKind): string => apiVersions[kind];
export const kindOf = (kind: ObjectKind): string => (kind === "Hook" ? "Job" : kind === "Crd" ? "CustomResourceDefinition" : kind);

/** Where its objects stand: a CRD belongs to the whole cluster. */
export const namespaceOf = (kind: ObjectKind, namespace: string): string | undefined => (kind === "Crd" ? undefined : namespace);

export const manifestOf = ({ name, kind, wave, rev }: ContentObject): Manifest => {
  const annotations = {
    [revAnnotation]: String(rev),
    ...(wave !== 0 && { [waveAnnotation]: String(wave) }),
    ...(kind === "Hook" && { [hookAnnotation]: "PreSync" }),
  };
  const head = { apiVersion: apiVersionOf(kind), kind: kindOf(kind), metadata: { name, annotations } };
  switch (kind) {
    case "ConfigMap":
    case "Thing":
      return { ...head, data: { rev: String(rev), greeting: "ahoy" } };
    case "Secret":
      return { ...head, type: "Opaque", data: { password: Buffer.from(secretValue(rev)).toString("base64") } };
    case "Deployment":
      return {
        ...head,
        spec: {
          replicas: 1,
          selector: { matchLabels: { app: name } },
          template: { metadata: { labels: { app: name, rev: String(rev) } } },
        },
      };
    case "Crd":
      return {
        ...head,
        spec: {
          group,
          names: { kind: "Thing", plural: "things" },
          scope: "Namespaced",
          versions: [{ name: "v1", served: true, storage: true }],
        },
      };
    case "Hook":
      return {
        ...head,
        spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "migrate", image: `migrate:${rev}` }] } } },
      };
  }
};

/** The files of all Applications of a repository. */
export const treeOf = (applications: readonly ApplicationPlan[], contents: ReadonlyMap<string, Content>): Tree => {
  const files: Record<string, string> = { "README.md": "A fleet.\n" };
  for (const { name, tool } of applications) {
    const content = contents.get(name) ?? [];
    for (const object of content) files[`${name}/${object.name}.json`] = textOf(object);
    // An empty folder is gone in Git, which is another mistake: here it is a render of nothing.
    if (content.length === 0) files[`${name}/empty.yaml`] = "# nothing yet\n";
    if (tool === "kustomize")
      files[`${name}/kustomization.yaml`] = JSON.stringify({ resources: content.map((object) => `${object.name}.json`) });
  }
  return files;
};

const texts = new Map<string, string>();

const textOf = (object: ContentObject): string => {
  const id = `${object.kind} ${object.name} ${object.wave} ${object.rev}`;
  const known = texts.get(id) ?? JSON.stringify(manifestOf(object));
  if (texts.size > 50_000) texts.clear();
  texts.set(id, known);
  return known;
};

/** What the control repository says of an Application. */
export const declarationOf = ({
  name,
  repository,
  project = defaultProject,
  cluster,
  namespace,
  selfHeal,
  historyLimit,
  revision = "main",
}: ApplicationPlan & { readonly revision?: string }) => ({
  apiVersion: "argoproj.io/v1alpha1",
  kind: "Application",
  metadata: { name, namespace: "argocd", finalizers: ["resources-finalizer.argocd.argoproj.io"] },
  spec: {
    project,
    source: { repoURL: repository, targetRevision: revision, path: name },
    destination: { name: cluster, namespace },
    ...(historyLimit !== undefined && { revisionHistoryLimit: historyLimit }),
    syncPolicy: { automated: { prune: true, selfHeal }, syncOptions: ["CreateNamespace=true"] },
  },
});

/** Files of the control repository for projects that do not stand by themselves: they may do anything. */
export const projectFilesOf = (applications: readonly ApplicationPlan[]): Tree =>
  Object.fromEntries(
    [...new Set(applications.map(({ project = defaultProject }) => project))]
      .filter((project) => project !== defaultProject)
      .map((project) => [`project-${project}.json`, JSON.stringify(openProject(project))]),
  );

const openProject = (name: string) => ({
  apiVersion: "argoproj.io/v1alpha1",
  kind: "AppProject",
  metadata: { name, namespace: "argocd" },
  spec: {
    sourceRepos: ["*"],
    destinations: [{ name: "*", server: "*", namespace: "*" }],
    clusterResourceWhitelist: [{ group: "*", kind: "*" }],
  },
});
