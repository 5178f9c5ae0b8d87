import type { Application, IgnoreDifference } from "../model/application.ts";
import type { CompareOptions, Customizations, KindRule } from "../model/customizations.ts";
import { digestOf } from "../model/digest.ts";
import { globMatches } from "../model/glob.ts";
import { annotationOf, type Manifest } from "../model/manifest.ts";
import { groupOf } from "../model/resource-key.ts";
import type { Jq } from "../ports/jq.ts";
import { fieldManager } from "./field-manager.ts";
import type { Ignored, Ignoring } from "./ignored.ts";
import { type IgnoredPlaces, placesOf } from "./jq-places.ts";
import { applyEntryOf } from "./managed-fields.ts";
import { nodeAt } from "./owners.ts";

export interface IgnoreSource {
  readonly application: Pick<Application, "name" | "ignoreDifferences">;
  /** What `argocd-cm` says for all Applications. */
  readonly customizations: Customizations;
  readonly jq: Jq;
}

/**
 * What is left to others in each object: by the Application, by argocd-cm, by the object's own annotation, and by the nature of its kind. Each
 * object is looked at once; an expression that is no plain path costs a millisecond or two.
 * @throws Failure ConfigurationInvalid for an expression that is broken, LimitExceeded for one that takes too long: here, or when the object
 * that it takes too long for is asked about. Never is a difference hidden or invented because of one.
 */
export const ignoring = ({ application, customizations, jq }: IgnoreSource): Ignoring => {
  const { name, ignoreDifferences } = application;
  const rules: readonly Rule[] = [
    ...ignoreDifferences.map((rule) => ruleOf(rule, `Application ${name}: spec.ignoreDifferences`, jq)),
    ...customizations.ignoreDifferences.map((rule) => ruleOf(rule, `Application ${name}: resource.customizations in argocd-cm`, jq)),
  ];
  const known = new WeakMap<Manifest, Ignored>();
  const ignoring = (object: Manifest): Ignored => {
    const ignored = known.get(object) ?? ignoredBy(rules, customizations.compare, object);
    known.set(object, ignored);
    return ignored;
  };
  return Object.assign(ignoring, { rulesFor: digestOfRules(rules, customizations.compare) });
};

/** For every object of a kind they are mostly the same: a digest is made once. */
const digestOfRules = (rules: readonly Rule[], compare: CompareOptions) => {
  const digests = new Map<string, string | undefined>([[textOf(["/status"]), undefined]]);
  return (object: Manifest): string | undefined => {
    const matching = rules.flatMap(({ about, text }) => (isAbout(about, object) ? [text] : []));
    const text = textOf([...byNature(object, compare), ...annotated(object), ...matching]);
    if (!digests.has(text)) digests.set(text, digestOf(text).slice(0, 12));
    return digests.get(text);
  };
};

const textOf = (rules: readonly string[]): string => JSON.stringify(rules);

interface Rule {
  /** What it says, apart from whom it is about. */
  readonly text: string;
  readonly about: KindRule & Partial<Pick<IgnoreDifference, "name" | "namespace">>;
  readonly places: readonly IgnoredPlaces[];
}

const ruleOf = (about: Rule["about"], where: string, jq: Jq): Rule => ({
  about,
  text: textOf([about.jsonPointers, about.jqPathExpressions, about.managedFieldsManagers].map(textOf)),
  places: about.jqPathExpressions.map((expression) => placesOf(expression, where, jq)),
});

const ignoredBy = (rules: readonly Rule[], compare: CompareOptions, object: Manifest): Ignored => {
  const matching = rules.filter(({ about }) => isAbout(about, object));
  const answers = matching.flatMap(({ places }) => places.map((placesIn) => placesIn(object)));
  const unfit = answers.flatMap((answer) => answer.unfit ?? []);
  return {
    pointers: [
      ...byNature(object, compare),
      ...annotated(object),
      ...matching.flatMap(({ about }) => about.jsonPointers),
      ...answers.flatMap(({ pointers }) => pointers),
    ],
    managers: matching.flatMap(({ about }) => about.managedFieldsManagers),
    ...(unfit.length > 0 && { unfit }),
  };
};

/** Group and kind are globs, name and namespace are not: as Argo CD's code has it. */
const isAbout = ({ group, kind, name, namespace }: Rule["about"], { apiVersion, kind: ofKind, metadata }: Manifest): boolean =>
  globMatches(group, groupOf(apiVersion)) &&
  globMatches(kind, ofKind) &&
  (name === undefined || name === "" || name === metadata.name) &&
  (namespace === undefined || namespace === "" || namespace === metadata.namespace);

/**
 * The rules of an aggregated ClusterRole are the controller's, whatever `ignoreAggregatedRoles` says: what Git has there is overwritten at once.
 * `preserveUnknownFields: false` is dropped by the server.
 */
const byNature = ({ apiVersion, kind, aggregationRule }: Manifest, { ignoreResourceStatusField }: CompareOptions): readonly string[] => {
  const isCrd = kind === "CustomResourceDefinition" && groupOf(apiVersion) === "apiextensions.k8s.io";
  const isAggregated = kind === "ClusterRole" && groupOf(apiVersion) === "rbac.authorization.k8s.io" && aggregationRule !== undefined;
  return [
    ...(ignoreResourceStatusField === "all" || (ignoreResourceStatusField === "crd" && isCrd) ? ["/status"] : []),
    ...(isCrd ? ["/spec/preserveUnknownFields"] : []),
    ...(isAggregated ? ["/rules"] : []),
  ];
};

const ignoreAnnotation = "argocd.argoproj.io/ignore-differences";

/** JSON pointers, comma-separated, as Git has them on the object: an annotation that somebody put on the live object hides nothing. */
const annotated = (object: Manifest): readonly string[] => {
  const value = annotationOf(object, ignoreAnnotation);
  if (value === undefined) return [];
  const { managedFields } = object.metadata;
  const ours = applyEntryOf(object, fieldManager)?.fieldsV1;
  if (managedFields && !(ours && nodeAt(ours, ["f:metadata", "f:annotations", `f:${ignoreAnnotation}`]))) return [];
  return value
    .split(",")
    .map((pointer) => pointer.trim())
    .filter((pointer) => pointer.startsWith("/"));
};
