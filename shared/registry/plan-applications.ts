import { parseApplication } from "../argocd/parse-application.ts";
import { removalOf } from "../argocd/removal.ts";
import type { Application, Destination } from "../model/application.ts";
import { Failure } from "../model/failure.ts";
import { listAnnotation, type Manifest } from "../model/manifest.ts";
import { defaultProject } from "../model/project.ts";
import { keyOf } from "../model/resource-key.ts";
import { applicationKey, type RegistryChange, type RegistryPlan } from "./changes.ts";
import { isMassRemoval } from "./mass-removal.ts";

/** Who declares, and what that allows. */
export interface Parent {
  readonly name: string;
  readonly project: string;
  /** The control Application may declare anything; any other only Applications (and sets of them) of its own project. */
  readonly isControl: boolean;
  readonly controlName: string;
  readonly controlNamespace: string;
}

/** What the table knows about a name. */
export interface KnownApplication {
  /** The Application that declares it, where that one still exists; undefined where nobody does any more. */
  readonly owner: string | undefined;
  /** Digest and cluster of the declaration that stands; undefined when it was interrupted. */
  readonly declared: string | undefined;
  /** Digest of the operation block that a sync was asked for by; undefined for none. */
  readonly operated: string | undefined;
  readonly cluster: string;
  /** It is being removed. */
  readonly leaving: boolean;
}

export interface ApplicationsInput {
  readonly parent: Parent;
  readonly manifests: readonly Manifest[];
  /** By name: what the parent declared so far, and whatever else stands under a desired name. */
  readonly known: ReadonlyMap<string, KnownApplication>;
  /** The parent's children that Git no longer has. */
  readonly gone: readonly Application[];
  readonly projects: ReadonlySet<string>;
  readonly prune: boolean;
  /** A person has said yes to removing as much as this state of Git asks for. */
  readonly approved: boolean;
  /** Throws DestinationUnknown. */
  readonly clusterOf: (destination: Destination) => string;
  readonly digestOf: (application: Application) => string;
}

export const planApplications = (input: ApplicationsInput): RegistryPlan => {
  const declared = input.manifests.map((manifest, index) => planDeclaration(manifest, index, input));
  const children = [...input.known.values()].filter(({ owner }) => owner === input.parent.name).length;
  const removals = input.gone.filter((child) => !isLeaving(child.name, input)).map((child) => planRemoval(child, input));
  const withdrawn = removals.filter(({ kind }) => kind === "withdraw").length;
  if (!isMassRemoval(withdrawn, children) || input.approved) return { changes: [...declared, ...removals] };
  const awaiting = `removing ${withdrawn} of the ${children} Applications that ${input.parent.name} declares waits for a person's yes: fairlead approve ${input.parent.name}`;
  const held = removals.map((change) =>
    change.kind === "withdraw" ? { kind: "keep" as const, key: change.key, because: awaiting } : change,
  );
  return { changes: [...declared, ...held], awaiting };
};

const isLeaving = (name: string, { known }: ApplicationsInput): boolean => known.get(name)?.leaving === true;

const planDeclaration = (manifest: Manifest, index: number, input: ApplicationsInput): RegistryChange => {
  const { parent, known } = input;
  const { name } = manifest.metadata;
  const key = { ...keyOf(manifest), namespace: manifest.metadata.namespace ?? parent.controlNamespace };
  const refuse = (because: string): RegistryChange => ({ kind: "refuse", key, because });
  const parsed = parseApplication(manifest);
  if (parsed.state === "refused") return refuse(parsed.failure.message);
  const before = known.get(name);
  const forbidden = foreignName(name, index, input) ?? projectProblem(parsed.application, input);
  if (forbidden !== undefined) return refuse(`Application ${name} ${forbidden}`);
  const application = { ...parsed.application, namespace: key.namespace, parent: parent.name };
  const cluster = resolve(application, input);
  if (cluster instanceof Failure) return refuse(`Application ${name}: ${cluster.message}`);
  const moved = before !== undefined && before.cluster !== "" && before.cluster !== cluster;
  const left = moved ? [`its objects on cluster ${before.cluster} stay there, and belong to nobody`] : [];
  const note = [...parsed.warnings, ...left].join("; ");
  const { operation } = parsed;
  const isSame = before?.declared === input.digestOf(application) && before.cluster === cluster && before.operated === operation?.digest;
  const stands = isSame && before.owner === parent.name && !before.leaving;
  if (stands) return { kind: "unchanged", key, note };
  return {
    kind: "declare",
    key,
    entry: { kind: "Application", application, cluster, ...(operation && { operation }) },
    isNew: before === undefined,
    note,
  };
};

const foreignName = (name: string, index: number, { parent, known, manifests }: ApplicationsInput): string | undefined => {
  if (name === parent.controlName) return "has the name of the control repository's own Application; give it another name";
  if (name === parent.name) return "declares itself; take it out of its own source";
  const first = manifests.findIndex(({ metadata }) => metadata.name === name);
  if (first !== index) return `is declared twice by ${parent.name}; names are unique, keep one of the two`;
  const owner = known.get(name)?.owner;
  return owner === undefined || owner === parent.name ? undefined : `is already declared by ${owner}; give it another name`;
};

const projectProblem = ({ project }: Application, { parent, projects }: ApplicationsInput): string | undefined => {
  if (!parent.isControl && project !== parent.project)
    return `asks for project ${project}, but ${parent.name}, which declares it, belongs to ${parent.project}; children keep their parent's project`;
  if (project === defaultProject || projects.has(project)) return undefined;
  return `asks for project ${project}, which does not exist; declare an AppProject of that name in the control repository`;
};

const resolve = ({ destination }: Application, { clusterOf }: ApplicationsInput): string | Failure => {
  try {
    return clusterOf(destination);
  } catch (error) {
    if (error instanceof Failure && !error.retry) return error;
    throw error;
  }
};

const planRemoval = (child: Application, { parent, prune }: ApplicationsInput): RegistryChange => {
  const key = applicationKey(child.namespace, child.name);
  if (!prune) return { kind: "keep", key, because: `Application ${child.name} is no longer declared by ${parent.name}; pruning is off` };
  if (keepsItself(child))
    return { kind: "keep", key, because: `Application ${child.name} is no longer declared, and stays: it has Prune=false` };
  return { kind: "withdraw", key, what: { kind: "Application", name: child.name, project: child.project, how: removalOf(child) } };
};

const keepsItself = ({ annotations, name }: Application): boolean =>
  listAnnotation(
    { apiVersion: "argoproj.io/v1alpha1", kind: "Application", metadata: { name, annotations } },
    "argocd.argoproj.io/sync-options",
  ).includes("Prune=false");
