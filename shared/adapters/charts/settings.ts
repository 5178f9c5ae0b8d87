import type { ArchiveLimits } from "./archive.ts";

export interface ChartsOptions {
  /** Plain http to hosts other than loopback. Default false. */
  readonly allowHttp?: boolean;
  /** For one request. Default 60. */
  readonly seconds?: number;
  /** Default 64 MB. */
  readonly indexBytes?: number;
  /** Default 20 MB. */
  readonly archiveBytes?: number;
  /** Default 100 MB and 10,000 files, as much as Helm reads. */
  readonly unpacked?: ArchiveLimits;
}

export interface ChartsSettings extends Required<ChartsOptions> {}
