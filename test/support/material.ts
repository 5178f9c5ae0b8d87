import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Files } from "./git-repository.ts";

const acceptance = join(import.meta.dirname, "../acceptance");

/** Folder of a chart of ours that stands in for a published one. */
export const chartFolder = (name: string): string => join(acceptance, "material/charts", name);

/** A published file as it is. */
export const published = (path: string): Promise<string> => readFile(join(acceptance, "material", path), "utf8");

/** All files below a folder of the material, by their path in it. */
export const filesOf = async (folder: string): Promise<Files> => {
  const root = join(acceptance, "material", folder);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [relative(root, path), await readFile(path, "utf8")] as const)));
};

export interface CrdName {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
}

/** A CRD of ours with the name and version of a published one; `spec` and `status` are schemas of those fields. Others are pruned. */
export const crdYaml = ({ group, version, kind, plural }: CrdName, spec: object): string =>
  JSON.stringify({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
      scope: "Namespaced",
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", properties: { spec, status: anything } } },
          subresources: { status: {} },
        },
      ],
    },
  });

/** A schema that takes every object. */
export const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true } as const;

/** A CRD of a published kind, with its name and version and a schema that takes everything. */
export const openCrd = (group: string, version: string, kind: string, plural: string): string =>
  crdYaml({ group, version, kind, plural }, anything);
