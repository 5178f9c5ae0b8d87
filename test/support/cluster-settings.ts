import { type Customizations, noCustomizations } from "../../shared/model/customizations.ts";
import { defaultTracking, type Tracking } from "../../shared/model/tracking.ts";
import type { Table } from "../../shared/ports/table.ts";
import { writeCustomizations } from "../../shared/state/settings.ts";

/** An argocd-cm that says this and nothing else. */
export const settings = (table: Table, change: Partial<Customizations>): Promise<void> =>
  writeCustomizations(table, { ...noCustomizations, ...change });

/** One that has objects tracked otherwise. */
export const trackBy = (table: Table, change: Partial<Tracking>): Promise<void> =>
  settings(table, { tracking: { ...defaultTracking, ...change } });
