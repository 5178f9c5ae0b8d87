import type { IgnoreDifference } from "../model/application.ts";
import type { Manifest } from "../model/manifest.ts";
import { groupOf } from "../model/resource-key.ts";
import { type Ignored, nothingIgnored } from "./ignored.ts";

/** What an Application's `ignoreDifferences` leave to others in one object. A rule without name or namespace holds for all; `*` is any group or kind. */
export const ignoredIn =
  (rules: readonly IgnoreDifference[]) =>
  (object: Manifest): Ignored => {
    const matching = rules.filter((rule) => isAbout(rule, object));
    if (matching.length === 0) return nothingIgnored;
    return {
      pointers: matching.flatMap(({ jsonPointers }) => jsonPointers),
      managers: matching.flatMap(({ managedFieldsManagers }) => managedFieldsManagers),
    };
  };

const isAbout = ({ group, kind, name, namespace }: IgnoreDifference, { apiVersion, kind: ofKind, metadata }: Manifest): boolean =>
  (group === "*" || group === groupOf(apiVersion)) &&
  (kind === "*" || kind === ofKind) &&
  (name === undefined || name === "" || name === metadata.name) &&
  (namespace === undefined || namespace === "" || namespace === metadata.namespace);
