import { createHash } from "node:crypto";
import { Failure } from "../../model/failure.ts";
import { compareVersions, parseRange, parseVersion } from "../../model/version-range.ts";
import type { Chart, ChartRepositoryAccess, Charts } from "../../ports/charts.ts";
import { failureOf, refuseBad } from "../web/failures.ts";
import { basicAuthorization, bytesOf, webRequest } from "../web/request.ts";
import { unpackChart } from "./archive.ts";
import type { IndexedVersion } from "./index-file.ts";
import { indexes } from "./indexes.ts";
import { archivePlace, type RepositoryPlace, repositoryPlace } from "./place.ts";
import type { ChartsOptions, ChartsSettings } from "./settings.ts";

const megabyte = 1024 * 1024;
/** Charts kept unpacked while the function is warm. */
const mostKept = 32;

/** The Charts port over HTTP chart repositories. */
export const createCharts = (options: ChartsOptions = {}): Charts => {
  const defaults = {
    allowHttp: false,
    seconds: 60,
    indexBytes: 64 * megabyte,
    archiveBytes: 20 * megabyte,
    unpacked: { unpackedBytes: 100 * megabyte, files: 10_000 },
  };
  const settings: ChartsSettings = { ...defaults, ...options };
  const indexOf = indexes(settings);
  const kept = new Map<string, Promise<Chart>>();

  const pick = async (access: ChartRepositoryAccess, chart: string, range: string) => {
    checkName(chart);
    const place = repositoryPlace(access.url, settings.allowHttp);
    const index = await indexOf(place, access.credentials);
    return { place, found: newest(index.versions(chart), chart, range, place.label) };
  };

  return {
    async find(access, chart, range) {
      const { found } = await pick(access, chart, range);
      return { name: chart, version: found.version, ...(found.digest === undefined ? {} : { digest: found.digest }) };
    },
    async resolve(access, chart, range) {
      const { place, found } = await pick(access, chart, range);
      const key = JSON.stringify([place.base, access.credentials ?? null, chart, found]);
      const known = kept.get(key);
      if (known !== undefined) return await known;
      const downloading = download(place, access, chart, found, settings);
      kept.set(key, downloading);
      downloading.catch(() => kept.delete(key));
      for (const oldest of kept.keys()) if (kept.size > mostKept) kept.delete(oldest);
      return await downloading;
    },
  };
};

/** It becomes a folder's name in the bundle (CVE-2026-35206). */
const checkName = (chart: string): void => {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(chart)) return;
  const shown = chart.replace(/\p{Cc}/gu, "?").slice(0, 100);
  throw new Failure("SourceInvalid", shown, `"${shown}" cannot be a chart's name: write it as the repository's index does.`);
};

const newest = (versions: readonly IndexedVersion[] | undefined, chart: string, range: string, label: string): IndexedVersion => {
  if (versions === undefined) throw new Failure("RevisionMissing", chart, `The chart repository ${label} has no chart ${chart}.`);
  const wanted = range.trim();
  // What the index writes goes first: versions need not be semantic ones to be asked for by name.
  const exact = versions.find(({ version }) => version === wanted);
  if (exact !== undefined) return exact;
  const inRange = parseRange(wanted === "" ? "*" : wanted);
  const candidates = versions.flatMap((row) => {
    const version = parseVersion(row.version);
    return version !== undefined && inRange?.(version) === true ? [{ row, version }] : [];
  });
  const [best] = candidates.toSorted((a, b) => compareVersions(b.version, a.version));
  if (best !== undefined) return best.row;
  const shown = wanted.replace(/\p{Cc}/gu, "?").slice(0, 100);
  throw new Failure("RevisionMissing", chart, `None of the ${versions.length} versions of the chart ${chart} in ${label} is ${shown}.`);
};

const download = async (
  place: RepositoryPlace,
  access: ChartRepositoryAccess,
  chart: string,
  found: IndexedVersion,
  settings: ChartsSettings,
): Promise<Chart> => {
  const label = `${chart} ${found.version} of ${place.label}`;
  const url = archivePlace(place, found.urls[0] ?? "", label, settings.allowHttp);
  const { credentials } = access;
  const trusted = url.origin === place.origin || access.passCredentials === true;
  const authorization =
    credentials?.kind === "basic" && trusted ? basicAuthorization(credentials.username, credentials.password) : undefined;
  try {
    const answer = await webRequest({ url: url.href, authorization, elsewhere: "follow", seconds: settings.seconds });
    refuseBad(answer, `The archive of ${label}`, authorization !== undefined);
    const archive = await bytesOf(answer, settings.archiveBytes);
    const digest = createHash("sha256").update(archive).digest("hex");
    if (found.digest !== undefined && found.digest !== digest) {
      throw new Failure(
        "SourceInvalid",
        label,
        `The archive of ${label} is not the one that the index names: its sha256 is ${digest}, not ${found.digest}.`,
      );
    }
    return { name: chart, version: found.version, digest, files: await unpackChart(archive, chart, label, settings.unpacked) };
  } catch (error) {
    throw failureOf(error, `the archive of ${label}`);
  }
};
