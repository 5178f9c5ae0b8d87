import type { Application } from "../shared/model/application.ts";
import { closest } from "../shared/model/field-problem.ts";
import type { Table } from "../shared/ports/table.ts";
import { type ApplicationState, readState } from "../shared/state/application-state.ts";
import { readApplication } from "../shared/state/applications.ts";
import { type ListedApplication, listApplications } from "../shared/state/listed-applications.ts";
import { CommandError } from "./command.ts";

export interface Found {
  readonly application: Application;
  readonly state: ApplicationState;
}

/** An Application by its name. Throws with the name that was probably meant. */
export const findApplication = async (table: Table, name: string): Promise<Found> => {
  const [application, state] = await Promise.all([readApplication(table, name), readState(table, name)]);
  if (application && state) return { application, state };
  const names = (await allApplications(table)).map((listed) => listed.name);
  const meant = closest(name, names);
  const hint = meant === undefined ? "fairlead status lists those there are" : `did you mean ${meant}?`;
  throw new CommandError(`there is no Application ${name}; ${hint}`);
};

export const allApplications = async (table: Table): Promise<readonly ListedApplication[]> => {
  const all: ListedApplication[] = [];
  let cursor: string | undefined;
  do {
    const page = await listApplications(table, cursor);
    all.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return all;
};
