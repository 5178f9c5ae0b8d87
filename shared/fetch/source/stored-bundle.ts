import { type BundleFile, bundleKey } from "../../model/bundle.ts";
import { digestOf } from "../../model/digest.ts";
import type { Artifacts } from "../../ports/artifacts.ts";
import type { Snapshot } from "../../ports/git.ts";
import { bundleOf, pathsOf } from "../closure/bundle.ts";
import type { Closure, ClosureLimits } from "../closure/closure.ts";
import type { EvaluatedSource } from "../closure/evaluate-source.ts";
import { asksForApis, type PreparedSource } from "./render-input.ts";

interface StoredBundle {
  readonly key: string;
  readonly asksForApis: boolean;
}

/** The same files are packed and stored once per commit, however many Applications ask for them. */
const stores = new WeakMap<Artifacts, WeakMap<Snapshot, Map<string, Promise<StoredBundle>>>>();

interface PackOptions {
  /** Files from elsewhere, such as fetched chart dependencies; they belong to the source's own bundle. */
  readonly extra?: readonly BundleFile[];
  readonly limits?: ClosureLimits;
}

/**
 * Packs what an evaluated source reads, and what it was lent, and stores it. `refs` are the snapshots that the evaluation was given.
 * @throws Failure LimitExceeded, SourceInvalid naming a file; ArtifactStoreUnavailable
 */
export const prepareSource = async (
  evaluated: EvaluatedSource,
  snapshot: Snapshot,
  refs: ReadonlyMap<string, Snapshot>,
  artifacts: Artifacts,
  options: PackOptions = {},
): Promise<PreparedSource> => {
  const own = await storeOnce(evaluated.closure, snapshot, artifacts, options);
  const lent = await Promise.all(
    Object.entries(evaluated.lent).map(async ([ref, closure]) => {
      const lender = refs.get(ref);
      return lender ? [{ ref, ...(await storeOnce(closure, lender, artifacts, { ...options, extra: [] })) }] : [];
    }),
  );
  return {
    evaluated,
    bundle: own.key,
    lent: Object.fromEntries(lent.flat().map(({ ref, key }) => [ref, key])),
    asksForApis: own.asksForApis || lent.flat().some((bundle) => bundle.asksForApis),
  };
};

const storeOnce = (closure: Closure, snapshot: Snapshot, artifacts: Artifacts, options: PackOptions): Promise<StoredBundle> => {
  const stored = stores.get(artifacts) ?? new WeakMap<Snapshot, Map<string, Promise<StoredBundle>>>();
  stores.set(artifacts, stored);
  const known = stored.get(snapshot) ?? new Map<string, Promise<StoredBundle>>();
  stored.set(snapshot, known);
  const name = [closure.digest, ...(options.extra ?? []).map(({ path, bytes }) => `${path} ${digestOf(bytes)}`)].join("\n");
  const storing = known.get(name) ?? store(closure, snapshot, artifacts, options);
  known.set(name, storing);
  storing.catch(() => known.delete(name));
  return storing;
};

const store = async (closure: Closure, snapshot: Snapshot, artifacts: Artifacts, options: PackOptions): Promise<StoredBundle> => {
  await snapshot.prepare(pathsOf(closure));
  const packed = bundleOf(closure, snapshot, options);
  const key = bundleKey(packed);
  if (!(await artifacts.has(key))) await artifacts.put(key, packed);
  return { key, asksForApis: asksForApis(packed) };
};
