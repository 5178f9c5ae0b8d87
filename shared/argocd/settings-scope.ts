import * as z from "zod/mini";
import type { RespectRbac } from "../model/customizations.ts";
import { parseGlob } from "../model/glob.ts";
import type { ResourceRule } from "../model/resource-filter.ts";
import { type Tracking, trackingMethods } from "../model/tracking.ts";
import { readList, SettingProblem } from "./settings-sections.ts";

export const trackingKeys = {
  method: "application.resourceTrackingMethod",
  labelKey: "application.instanceLabelKey",
  installationId: "installationID",
} as const;
export const filterKeys = { exclusions: "resource.exclusions", inclusions: "resource.inclusions" } as const;
export const respectRbacKey = "resource.respectRBAC";
export const impersonationKey = "application.sync.impersonation.enabled";

/** The keys that are read here: how objects are tracked, which are left to others, and as whom they are written. */
export const scopeKeys: ReadonlySet<string> = new Set([
  ...Object.values(trackingKeys),
  ...Object.values(filterKeys),
  respectRbacKey,
  impersonationKey,
]);

export const readMethod = (written: string): Tracking["method"] => {
  const method = trackingMethods.find((each) => each === written);
  if (method === undefined)
    throw new SettingProblem(`is ${JSON.stringify(written)}; write ${trackingMethods.map((each) => JSON.stringify(each)).join(", ")}`);
  return method;
};

/** A key as the API server takes it: a name of 63 letters at most, with a domain before it. */
export const readLabelKey = (written: string): string => {
  const name = /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/;
  if (!name.test(written)) throw new SettingProblem(`is ${JSON.stringify(written)}, which is no key of a label`);
  return written;
};

export const readRespectRbac = (written: string): RespectRbac => {
  if (written !== "normal" && written !== "strict")
    throw new SettingProblem(`is ${JSON.stringify(written)}; write "normal" or "strict", or leave it out`);
  return written;
};

export const readImpersonation = (written: string): boolean => {
  if (written !== "true" && written !== "false") throw new SettingProblem(`is ${JSON.stringify(written)}; write "true" or "false"`);
  return written === "true";
};

const texts = z._default(z.nullable(z.array(z.string())), []);
const Rule = z.object({ apiGroups: texts, kinds: texts, clusters: texts });

export const readResourceRules = (written: string, warn: (message: string) => void): readonly ResourceRule[] =>
  readList(Rule, written, warn).map(({ apiGroups, kinds, clusters }) => {
    const rule = { apiGroups: apiGroups ?? [], kinds: kinds ?? [], clusters: clusters ?? [] };
    const wrong = [...rule.apiGroups, ...rule.clusters].find((glob) => parseGlob(glob) === undefined);
    if (wrong !== undefined)
      throw new SettingProblem(`has ${JSON.stringify(wrong)}, which is no pattern: a bracket or brace is never closed`);
    const literal = rule.kinds.find((kind) => kind !== "*" && /[*?[{]/.test(kind));
    if (literal !== undefined)
      warn(`kinds has ${JSON.stringify(literal)}: a kind stands there by its name, or * for all; it matches nothing`);
    return rule;
  });
