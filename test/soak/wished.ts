import type { Random } from "../simulation/random.ts";
import { configMapYaml, deploymentYaml } from "../support/declarations.ts";
import type { Files } from "../support/git-repository.ts";

/** What Git wants of one Application: its ConfigMaps by name with their one value, and the replicas of its Deployment where it has one. */
export interface Wished {
  readonly settings: ReadonlyMap<string, string>;
  readonly replicas?: number;
}

export interface SoakApplication {
  readonly name: string;
  readonly repository: string;
  readonly path: string;
  readonly namespace: string;
  readonly cluster: string;
}

/** Applications side by side in repositories of ten, on the clusters in turn. */
export const soakApplications = (count: number, clusters: readonly string[]): readonly SoakApplication[] =>
  Array.from({ length: count }, (_, at) => ({
    name: `soak-${at}`,
    repository: `soak/team-${Math.floor(at / 10)}`,
    path: `apps/${at}`,
    namespace: `soak-${at}`,
    cluster: clusters[at % clusters.length] ?? "",
  }));

/** One Application in five runs pods: two hundred of them would be a test of the machine. */
export const beginning = (at: number): Wished => ({
  settings: new Map([
    ["first", "0"],
    ["second", "0"],
  ]),
  ...(at % 5 === 0 && { replicas: 1 }),
});

/** Another wish: a value edited, a ConfigMap added or taken away (never the last), replicas changed. */
export const changed = ({ settings, replicas }: Wished, value: string, random: Random): Wished => {
  const names = [...settings.keys()];
  const next = new Map(settings);
  const kind = random.below(4);
  if (kind === 0) next.set(`more-${value}`, value);
  else if (kind === 1 && names.length > 1) next.delete(random.pick(names));
  else next.set(random.pick(names), value);
  return { settings: next, ...(replicas !== undefined && { replicas: kind === 3 ? 1 + random.below(3) : replicas }) };
};

/** The files that lead from one wish to the next. */
export const filesBetween = (path: string, before: Wished | undefined, after: Wished): Files => {
  const gone = [...(before?.settings.keys() ?? [])].filter((name) => !after.settings.has(name));
  return Object.fromEntries([
    ...gone.map((name) => [`${path}/${name}.yaml`, null] as const),
    ...[...after.settings].map(([name, value]) => [`${path}/${name}.yaml`, configMapYaml(name, { value })] as const),
    ...(after.replicas === undefined ? [] : [[`${path}/web.yaml`, deploymentYaml("web", after.replicas)] as const]),
  ]);
};
