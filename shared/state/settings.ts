import * as z from "zod/mini";
import { type Customizations, noCustomizations } from "../model/customizations.ts";
import type { Json } from "../model/json.ts";
import { trackingMethods } from "../model/tracking.ts";
import type { Table } from "../ports/table.ts";
import { keys, readItem } from "./items.ts";

const pattern = { group: z.string(), kind: z.string() };
const script = { ...pattern, source: z.string() };
const texts = z.array(z.string());
const resourceRules = z.array(z.object({ apiGroups: texts, kinds: texts, clusters: texts }));

/** What argocd-cm says about kinds, as the control repository declares it: written by the registry only, 350 kB at most. */
const CustomizationsItem = z.object({
  v: z.literal(1),
  customizations: z.object({
    ignoreDifferences: z.array(
      z.object({
        ...pattern,
        jsonPointers: z.array(z.string()),
        jqPathExpressions: z.array(z.string()),
        managedFieldsManagers: z.array(z.string()),
      }),
    ),
    health: z.array(z.object({ ...script, lua: z.string() })),
    actions: z.array(
      z.object({
        ...script,
        discovery: z.string(),
        definitions: z.array(z.object({ name: z.string(), lua: z.string() })),
        mergeBuiltin: z.boolean(),
      }),
    ),
    compare: z.object({ ignoreAggregatedRoles: z.boolean(), ignoreResourceStatusField: z.enum(["all", "crd", "none"]) }),
    // Items that were written before these were read have none.
    tracking: z._default(
      z.object({ method: z.enum(trackingMethods), labelKey: z.string(), installationId: z.string() }),
      noCustomizations.tracking,
    ),
    filter: z._default(z.object({ exclusions: resourceRules, inclusions: resourceRules }), {
      exclusions: [],
      inclusions: [],
    }),
    respectRbac: z._default(z.enum(["", "normal", "strict"]), noCustomizations.respectRbac),
    impersonation: z._default(z.boolean(), noCustomizations.impersonation),
  }),
});

/** What argocd-cm says about kinds; `noCustomizations` where there is none. One small read: ask once per sync, scan or command. */
export const readCustomizations = async (table: Table): Promise<Customizations> =>
  (await readStoredCustomizations(table)) ?? noCustomizations;

/** Undefined where no argocd-cm is declared. */
export const readStoredCustomizations = async (table: Table): Promise<Customizations | undefined> => {
  const item = await table.get(keys.customizations);
  return item && readItem(CustomizationsItem, item).customizations;
};

export const writeCustomizations = async (table: Table, customizations: Customizations): Promise<void> => {
  const plain: Json = JSON.parse(JSON.stringify(customizations));
  await table.put({ ...keys.customizations, v: 1, customizations: plain });
};

export const deleteCustomizations = async (table: Table): Promise<void> => {
  await table.delete(keys.customizations);
};
