import type { BundleFile } from "../model/bundle.ts";
import type { RepositoryAccess } from "./git.ts";

/**
 * Reads Helm chart repositories over HTTPS. Throws RepositoryForbidden, RepositoryUnreachable, RevisionMissing (no such chart, or no version in
 * the range), SourceInvalid (broken index or archive, an OCI registry), LimitExceeded.
 */
export interface Charts {
  /** The newest version in a range (`1.*`, `^1.2`, an exact version; empty for the newest release), from the index alone. */
  find(repository: ChartRepositoryAccess, chart: string, range: string): Promise<ChartVersion>;
  /** The same, downloaded and unpacked. Archives are kept while the function is warm. */
  resolve(repository: ChartRepositoryAccess, chart: string, range: string): Promise<Chart>;
}

export interface ChartRepositoryAccess extends RepositoryAccess {
  /** Helm's --pass-credentials: the index may name archives on other hosts, which then get the credentials too. */
  readonly passCredentials?: boolean;
}

export interface ChartVersion {
  readonly name: string;
  /** As the index writes it. */
  readonly version: string;
  /** sha256 of the archive, hex; where the index has none, it is known only once downloaded. */
  readonly digest?: string;
}

export interface Chart {
  readonly name: string;
  readonly version: string;
  /** sha256 of the archive, hex. */
  readonly digest: string;
  /** At `<chart name>/…`, whatever the archive calls its folder. */
  readonly files: readonly BundleFile[];
}
