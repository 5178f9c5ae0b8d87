import type { BundleFile } from "../../model/bundle.ts";
import { declaredDependencies } from "./declared.ts";
import { type ChartsWorld, fetchDependencies } from "./dependencies.ts";

export interface FetchedChart {
  readonly version: string;
  /** sha256 of the archive; together with the version, what the source resolved to. */
  readonly digest: string;
  /** At `<chart>/…`, dependencies included. */
  readonly files: readonly BundleFile[];
}

/** A source with `chart`: the newest version in its range, with whatever its archive left to be fetched. */
export const fetchChart = async (
  source: { readonly repoURL: string; readonly chart: string; readonly targetRevision: string; readonly passCredentials?: boolean },
  world: ChartsWorld,
): Promise<FetchedChart> => {
  const { repoURL, chart, targetRevision, passCredentials = false } = source;
  const { version, digest, files } = await world.charts.resolve(
    { ...(await world.accessTo(repoURL)), passCredentials },
    chart,
    targetRevision,
  );
  const missing = declaredDependencies(files, chart).filter(({ present }) => !present);
  const dependencies = await fetchDependencies(
    missing.map((one) => ({ ...one, chart })),
    world,
  );
  return { version, digest, files: [...files, ...dependencies] };
};
