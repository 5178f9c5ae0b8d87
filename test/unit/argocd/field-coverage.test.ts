import { describe, expect, it } from "vitest";
import type * as z from "zod/mini";
import { ApplicationManifest } from "../../../shared/argocd/application-schema.ts";
import { applicationSupport } from "../../../shared/argocd/application-support.ts";

/** Argo CD's Application, read off its CRD (release 3.5): `a.{b,c}` stands for a.b and a.c, `[]` for the items of a list. */
const directory = ["directory.{exclude,include,recurse}", "directory.jsonnet.{libs,extVars[].{code,name,value},tlas[].{code,name,value}}"];
const helm = [
  "helm.{apiVersions,ignoreMissingValueFiles,kubeVersion,namespace,passCredentials,releaseName,skipCrds,skipSchemaValidation,skipTests}",
  "helm.{valueFiles,values,valuesObject,version,fileParameters[].{name,path},parameters[].{forceString,name,value}}",
];
const kustomize = [
  "kustomize.{apiVersions,commonAnnotations,commonAnnotationsEnvsubst,commonLabels,components,forceCommonAnnotations,forceCommonLabels}",
  "kustomize.{ignoreMissingComponents,images,kubeVersion,labelIncludeTemplates,labelWithoutSelector,namePrefix,nameSuffix,namespace,version}",
  "kustomize.{replicas[].{count,name},patches[].{options,patch,path}}",
  "kustomize.patches[].target.{annotationSelector,group,kind,labelSelector,name,namespace,version}",
];
const plugin = ["plugin.{name,env[].{name,value},parameters[].{array,map,name,string}}"];
const tools = [...directory, ...helm, ...kustomize, ...plugin];
const source = [...tools, "{chart,name,path,ref,repoURL,tagPrefix,targetRevision}"];

const documented = [
  ...source.map((field) => `source.${field}`),
  ...source.map((field) => `sources[].${field}`),
  ...[...tools, "{path,repoURL,tagPrefix,targetRevision}"].map((field) => `sourceHydrator.drySource.${field}`),
  "sourceHydrator.{hydrateTo.targetBranch,syncSource.{path,repoURL,targetBranch}}",
  "{project,revisionHistoryLimit,destination.{name,namespace,server},info[].{name,value}}",
  "ignoreDifferences[].{group,jqPathExpressions,jsonPointers,kind,managedFieldsManagers,name,namespace}",
  "syncPolicy.{syncOptions,automated.{allowEmpty,enabled,prune,selfHeal},managedNamespaceMetadata.{annotations,labels}}",
  "syncPolicy.retry.{limit,refresh,backoff.{duration,factor,maxDuration}}",
].flatMap((field) => expand(`spec.${field}`));

describe("the fields of Argo CD's Application", () => {
  const known = leavesOf(ApplicationManifest.shape.spec, "spec");

  it("are all known here, and no others", () => {
    expect(known.toSorted()).toEqual(documented.toSorted());
  });

  it("are each supported, warned about or refused", () => {
    const count = { supported: 0, ignored: 0, refused: 0 };
    for (const field of known) count[supportOf(field)] += 1;
    expect(count).toEqual({ supported: 130, ignored: 20, refused: 87 });
  });

  it("are looked up by names that exist", () => {
    for (const entry of Object.keys(applicationSupport))
      expect(known.some((field) => field === entry || field.startsWith(`${entry}.`) || field.startsWith(`${entry}[`))).toBe(true);
  });
});

function supportOf(field: string): "supported" | "ignored" | "refused" {
  const row = Object.entries(applicationSupport).find(
    ([entry]) => field === entry || field.startsWith(`${entry}.`) || field.startsWith(`${entry}[`),
  );
  return row?.[1].kind ?? "supported";
}

/** Field names that hold a value, as a JSON path; maps of strings count as one. */
function leavesOf(schema: z.core.SomeType, path: string): string[] {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  if (def.type === "optional" || def.type === "default" || def.type === "nullable") return leavesOf(def.innerType, path);
  if (def.type === "object") return Object.entries(def.shape).flatMap(([field, below]) => leavesOf(below, `${path}.${field}`));
  if (def.type === "array" && (def.element as z.core.$ZodTypes)._zod.def.type === "object") return leavesOf(def.element, `${path}[]`);
  return [path];
}

function expand(pattern: string): string[] {
  const open = pattern.indexOf("{");
  if (open < 0) return [pattern];
  let depth = 0;
  let close = open;
  const choices: string[] = [""];
  for (; close < pattern.length; close++) {
    const letter = pattern[close] ?? "";
    if (letter === "{") depth += 1;
    if (letter === "}") depth -= 1;
    if (depth === 0) break;
    if (letter === "," && depth === 1) choices.push("");
    else if (!(letter === "{" && depth === 1)) choices[choices.length - 1] += letter;
  }
  return choices.flatMap((choice) => expand(`${pattern.slice(0, open)}${choice}${pattern.slice(close + 1)}`));
}
