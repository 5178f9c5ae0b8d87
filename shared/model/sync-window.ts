/** When a window begins: a cron expression, read. Every list is ascending and not empty. */
export interface CronSchedule {
  readonly text: string;
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** 1 to 31 */
  readonly days: readonly number[];
  /** 1 to 12 */
  readonly months: readonly number[];
  /** 0 is Sunday. */
  readonly weekdays: readonly number[];
  /** Both day fields are restricted: a day that fulfils one of them will do. Else both must be fulfilled. */
  readonly eitherDay: boolean;
}

/** One entry of an AppProject's `spec.syncWindows`. */
export interface SyncWindow {
  readonly project: string;
  /** Its place in the list, from 0. */
  readonly index: number;
  readonly kind: "allow" | "deny";
  readonly schedule: CronSchedule;
  readonly duration: { readonly text: string; readonly ms: number };
  /** IANA name; UTC where none is written. */
  readonly timeZone: string;
  /** Globs. An empty list says nothing about what the window is for. */
  readonly applications: readonly string[];
  readonly namespaces: readonly string[];
  readonly clusters: readonly string[];
  /** All lists that are given must match, instead of one. */
  readonly andOperator: boolean;
  /** A person's sync passes where an automated one is blocked. */
  readonly manualSync: boolean;
  /** A sync that began when it was allowed may be finished. */
  readonly syncOverrun: boolean;
  readonly description: string;
}
