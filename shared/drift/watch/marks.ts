import { fieldManager } from "../../diff/field-manager.ts";
import { applyEntryOf } from "../../diff/managed-fields.ts";
import { digestOf } from "../../model/digest.ts";
import type { Manifest } from "../../model/manifest.ts";
import { isPeoples } from "../../model/peoples-tools.ts";

/**
 * What of an object's metadata says that something of ours moved: our entry of managedFields, and those of people's tools with their times. A
 * controller that writes status or its own fields leaves it as it is, so most events cost nothing.
 */
export const markOf = (object: Manifest, peoplesTools: readonly string[]): string => {
  const { uid, deletionTimestamp, managedFields = [] } = object.metadata;
  const ours = applyEntryOf(object, fieldManager);
  const people = managedFields.filter((entry) => entry !== ours && isPeoples(entry, peoplesTools));
  return digestOf(JSON.stringify([uid, deletionTimestamp, ours?.fieldsV1, people]));
};
