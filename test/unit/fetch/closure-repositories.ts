import fc from "fast-check";
import type { HelmOptions } from "../../../shared/model/application.ts";

/** Random small repositories that kustomize and helm accept, so that a difference between two renders is never two errors. */

const configMap = (name: string, value = "one"): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {value: ${value}}\n`;

type Files = Readonly<Record<string, string>>;

/** A feature of the overlay: what it adds to the kustomization and to the repository. */
interface Feature {
  readonly yaml: string;
  readonly files: Files;
}

const overlay = "apps/web";
const patch = `${configMap("base0")}`.replace("one", "patched-one");
const targeted = "target: {kind: ConfigMap, name: base0}";

/** One per field that reads files, at most once each: kustomize refuses duplicate fields of its own. */
const features: Readonly<Record<string, Feature>> = {
  resources: { yaml: "", files: { [`${overlay}/own/more.yaml`]: configMap("own") } },
  patches: { yaml: `patches: [{path: patches/p.yaml}]`, files: { [`${overlay}/patches/p.yaml`]: patch } },
  strategic: { yaml: "patchesStrategicMerge: [strategic.yaml]", files: { [`${overlay}/strategic.yaml`]: patch } },
  json6902: {
    yaml: `patchesJson6902: [{path: j/p.yaml, ${targeted}}]`,
    files: { [`${overlay}/j/p.yaml`]: "- {op: add, path: /data/json, value: one}\n" },
  },
  files: {
    yaml: "configMapGenerator: [{name: gen, files: [text.txt, key=deep/other.txt], envs: [a.env], env: b.env}]",
    files: {
      [`${overlay}/text.txt`]: "one",
      [`${overlay}/deep/other.txt`]: "one",
      [`${overlay}/a.env`]: "A=one\n",
      [`${overlay}/b.env`]: "B=one\n",
    },
  },
  secrets: {
    yaml: "secretGenerator: [{name: sec, files: [secrets/key.txt]}]",
    files: { [`${overlay}/secrets/key.txt`]: "one" },
  },
  replacements: {
    yaml: "replacements: [{path: r.yaml}]",
    files: {
      [`${overlay}/r.yaml`]:
        "source: {kind: ConfigMap, name: base0, fieldPath: data.value}\ntargets: [{select: {kind: ConfigMap}, fieldPaths: [metadata.annotations.copied], options: {create: true}}]\n",
    },
  },
  configurations: {
    yaml: "configurations: [names.yaml]\nnamePrefix: p-",
    files: { [`${overlay}/names.yaml`]: "namePrefix: [{path: data/value, kind: ConfigMap}]\n" },
  },
  crds: {
    yaml: "crds: [crds/crd.json]",
    files: {
      [`${overlay}/crds/crd.json`]:
        '{"example.com/v1.Thing": {"Schema": {"type": "object", "properties": {"apiVersion": {}, "kind": {}, "metadata": {}}}}}\n',
    },
  },
  transformers: {
    yaml: "transformers: [t/label.yaml]",
    files: {
      [`${overlay}/t/label.yaml`]:
        "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: t}\npath: t/added.yaml\ntarget: {kind: ConfigMap}\n",
      [`${overlay}/t/added.yaml`]: "- {op: add, path: /data/transformed, value: one}\n",
    },
  },
  generators: {
    yaml: "generators: [g/gen.yaml]",
    files: {
      [`${overlay}/g/gen.yaml`]: "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: plugged}\nfiles: [k=g/data.txt]\n",
      [`${overlay}/g/data.txt`]: "one",
    },
  },
  components: {
    yaml: "components: [../../components/c]",
    files: {
      "components/c/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{path: files/p.yaml}]\n",
      "components/c/files/p.yaml": patch,
      "components/c/unread.yaml": configMap("unread"),
    },
  },
  openapi: {
    yaml: "openapi: {path: schema/schema.json}",
    files: {
      [`${overlay}/schema/schema.json`]:
        '{"definitions": {"v1.ConfigMap": {"type": "object", "x-kubernetes-group-version-kind": [{"group": "", "kind": "ConfigMap", "version": "v1"}]}}}\n',
    },
  },
};

const bases = (count: number, older: boolean): Files =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [
      [`bases/b${at}/${older && at === 0 ? "Kustomization" : "kustomization.yml"}`, `resources: [cm.yaml${at === 0 ? "" : ", inner"}]\n`],
      [`bases/b${at}/cm.yaml`, configMap(`base${at}`)],
      [`bases/b${at}/notes.yaml`, configMap(`unread${at}`)],
      ...(at === 0
        ? []
        : [
            [`bases/b${at}/inner/kustomization.yaml`, "resources: [cm.yaml]\n"],
            [`bases/b${at}/inner/cm.yaml`, configMap(`inner${at}`)],
          ]),
    ]).flat(),
  );

export const kustomizeCases = fc
  .record({
    names: fc.subarray(Object.keys(features)),
    count: fc.integer({ min: 1, max: 3 }),
    older: fc.boolean(),
    spelling: fc.constantFrom("resources", "bases"),
  })
  .map(({ names, count, older, spelling }) => {
    const chosen = names.flatMap((name) => features[name] ?? []);
    const folders = Array.from({ length: count }, (_, at) => `../../bases/b${at}`);
    const own = names.includes("resources") ? ["own/more.yaml"] : [];
    const lines =
      spelling === "bases"
        ? [`bases: [${folders.join(", ")}]`, ...(own.length > 0 ? [`resources: [${own.join(", ")}]`] : [])]
        : [`resources: [${[...folders, ...own].join(", ")}]`];
    const kustomization = [...lines, ...chosen.map(({ yaml }) => yaml)].filter((line) => line !== "").join("\n");
    const files: Files = Object.assign({}, bases(count, older), ...chosen.map((feature) => feature.files));
    return {
      tree: { ...files, [`${overlay}/kustomization.yaml`]: `${kustomization}\n`, "apps/other/x.yaml": configMap("x"), "README.md": "one" },
    };
  });

const templates: Files = {
  "charts/web/templates/cm.yaml":
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n  values: {{ .Values | toJson | quote }}\n  text: {{ .Files.Get "files/text.txt" | quote }}\n',
  "charts/web/files/text.txt": "one",
  "charts/web/values.yaml": "level: one\n",
};

const values = (name: string): string => `${name.replaceAll(/[^a-z]/g, "")}: one\nlast: ${name}\n`;

export const helmCases = fc
  .record({
    envs: fc.uniqueArray(fc.constantFrom("dev", "prod", "stage"), { minLength: 1 }),
    glob: fc.boolean(),
    named: fc.boolean(),
    optional: fc.boolean(),
    beside: fc.boolean(),
    parameter: fc.constantFrom("none", "/secrets/key.txt", "../../secrets/key.txt"),
    dependency: fc.boolean(),
  })
  .map(({ envs, glob, named, optional, beside, parameter, dependency }) => {
    const globbed = envs.map((env) => `envs/${env}/values.yaml`).toSorted();
    const first = `envs/${envs[0]}/values.yaml`;
    const tree: Files = {
      ...templates,
      ...Object.fromEntries(globbed.map((path) => [path, values(path)])),
      "charts/web/values-beside.yaml": values("beside"),
      "charts/web/Chart.yaml": `apiVersion: v2\nname: web\nversion: 1.0.0\n${dependency ? 'dependencies: [{name: lib, version: 1.0.0, repository: "file://../lib"}]\n' : ""}`,
      "charts/lib/Chart.yaml": "apiVersion: v2\nname: lib\nversion: 1.0.0\n",
      "charts/lib/templates/lib.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: lib}\n",
      "secrets/key.txt": "one",
      "secrets/other.txt": "one",
    };
    const options: HelmOptions = {
      valueFiles: [
        ...(beside ? ["values-beside.yaml"] : []),
        ...(glob ? ["../../envs/*/values.yaml"] : []),
        ...(optional ? ["/envs/none.yaml"] : []),
        ...(named ? [`/${first}`] : []),
      ],
      ignoreMissingValueFiles: optional,
      ...(parameter === "none" ? {} : { fileParameters: [{ name: "key", path: parameter }] }),
    };
    const expected = [...(glob ? globbed.filter((path) => !named || path !== first) : []), ...(named ? [first] : [])];
    const vendored: Files = Object.fromEntries(
      dependency
        ? Object.entries(tree).flatMap(([path, text]) => (path.startsWith("charts/lib/") ? [[`charts/web/${path}`, text]] : []))
        : [],
    );
    return {
      tree,
      /** What `helm dependency build` would add to a checkout. */
      vendored,
      options,
      expectedValues: [...(beside ? ["values-beside.yaml"] : []), ...expected.map((path) => `../../${path}`)],
      expectedFiles: parameter === "none" ? [] : ["../../secrets/key.txt"],
    };
  });
