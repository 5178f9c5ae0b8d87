import type { Application, Source } from "../model/application.ts";
import { Failure } from "../model/failure.ts";
import type { Snapshot } from "../ports/git.ts";
import type { Declared } from "../state/applications.ts";
import { defaultLimits } from "./closure/closure.ts";
import { type EvaluatedSource, evaluateSource } from "./closure/evaluate-source.ts";
import type { Reach } from "./closure/reach.ts";
import type { Evaluation, FetchWorld } from "./ports.ts";
import { resolveRevision } from "./resolve/revision.ts";
import type { FetchSession } from "./session.ts";
import { buildEnvironmentOf, type DestinationFacts } from "./source/build-environment.ts";
import { inputDigestOf, type PreparedSource, renderInputOf } from "./source/render-input.ts";
import { prepareSource } from "./source/stored-bundle.ts";

/** A source at the commit, or chart version, that it means now. */
interface OpenSource {
  readonly source: Source;
  readonly snapshot: Snapshot;
  readonly ref?: string | undefined;
}

/**
 * From an Application's declaration to its render input: every source resolved, read, bundled and stored. `revision` takes the place of what they
 * follow; in all else the declaration stands, as in Argo CD.
 */
export const evaluate = async (
  { application, cluster }: Declared,
  session: FetchSession,
  world: FetchWorld,
  revision?: string,
): Promise<Evaluation> => {
  const opened = await Promise.all(application.sources.map((source) => openSource(source, session, revision)));
  const commit = opened.find(({ source }) => source.chart === undefined)?.snapshot.commit;
  const revisions = opened.map(({ source, snapshot }) => ({ repoURL: source.repoURL, sha: snapshot.commit.sha }));
  const seen = { revisions, refs: opened.map(({ ref }) => ref) };
  const refs = new Map(opened.flatMap(({ source, snapshot }) => (source.ref === undefined ? [] : [[source.ref, snapshot] as const])));
  const known = await session.destination(cluster);
  const destination = known ?? unknownDestination;

  const reaches: Record<string, string | null>[] = opened.map(() => ({}));
  const prepared: PreparedSource[] = [];
  for (const [index, open] of opened.entries()) {
    if (isLender(open.source)) continue;
    const evaluated = evaluateSource({
      application: application.name,
      source: open.source,
      snapshot: open.snapshot,
      refs,
      environment: buildEnvironmentOf(application, open.source, open.snapshot.commit.sha, destination),
    });
    noteReaches(reaches, index, application, evaluated.reaches);
    if (evaluated.state === "failed") return { kind: "broken", reason: evaluated.failure.message, commit, looked: { ...seen, reaches } };
    if (!known && asksDestination(evaluated)) throw notReached(cluster);
    prepared.push(await prepare(evaluated, open, refs, session, world));
  }
  const input = await storeInput(application, prepared, destination, world);
  return { kind: "input", input, commit, looked: { ...seen, reaches } };
};

const unknownDestination: DestinationFacts = { kubeVersion: "", apiVersions: [] };

const asksDestination = ({ kind, environment }: EvaluatedSource): boolean =>
  kind === "helm" || "KUBE_VERSION" in environment || "KUBE_API_VERSIONS" in environment;

/** The message comes back; by then a scan may have reached it. */
const notReached = (cluster: string) =>
  new Failure(
    "ClusterUnreachable",
    cluster,
    `cluster ${cluster} has not been reached yet, and its version and APIs are part of the render`,
  );

/** A source that only lends value files to others. */
const isLender = ({ ref, path, chart }: Source): boolean => ref !== undefined && path === "" && chart === undefined;

const openSource = async (source: Source, session: FetchSession, revision = source.targetRevision): Promise<OpenSource> => {
  if (source.chart !== undefined)
    return { source: { ...source, path: source.chart }, snapshot: await session.chart({ ...source, targetRevision: revision }) };
  const resolved = resolveRevision(revision, await session.refs(source.repoURL, [revision]));
  if (resolved instanceof Failure) throw resolved;
  return { source, snapshot: await session.snapshot(source.repoURL, resolved), ref: resolved.ref };
};

const prepare = async (
  evaluated: EvaluatedSource,
  { snapshot }: OpenSource,
  refs: ReadonlyMap<string, Snapshot>,
  session: FetchSession,
  world: FetchWorld,
): Promise<PreparedSource> => {
  const extra = evaluated.missing.length === 0 ? [] : await session.dependencies(evaluated.missing);
  const limits = { ...defaultLimits, bytes: world.bundleBytes };
  return prepareSource(evaluated, snapshot, refs, world.artifacts, { extra, limits });
};

/** What was looked at, by the source it belongs to: a lender's push is compared with what was read of it. */
const noteReaches = (
  reaches: Record<string, string | null>[],
  index: number,
  application: Application,
  found: { readonly own: Reach; readonly refs: Readonly<Record<string, Reach>> },
): void => {
  Object.assign(reaches[index] ?? {}, found.own);
  for (const [ref, reach] of Object.entries(found.refs)) {
    const lender = application.sources.findIndex((source) => source.ref === ref);
    Object.assign(reaches[lender] ?? {}, reach);
  }
};

const storeInput = async (
  application: Application,
  sources: readonly PreparedSource[],
  destination: DestinationFacts,
  { artifacts, toolVersions }: FetchWorld,
): Promise<string> => {
  const input = renderInputOf({ application, sources, destination, toolVersions });
  const digest = inputDigestOf(input);
  const key = `inputs/${digest}`;
  if (!(await artifacts.has(key))) await artifacts.put(key, Buffer.from(JSON.stringify(input)));
  return digest;
};
