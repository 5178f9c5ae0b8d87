import type { Table } from "../../shared/ports/table.ts";
import type { Context } from "./observation.ts";
import type { Ports } from "./ports.ts";

/** A deliberate bug: something between the product and its ports that does what a bug in the product would do. Tests only. */
export interface Bug {
  readonly name: string;
  /** Takes hundreds of schedules or more to show: left to `npm run simulate -- --bugs --schedules 3000`. */
  readonly rare?: true;
  /** The fault that it shows in: a test searches among schedules that have it, a campaign among all. */
  readonly shownBy?: string;
  readonly table?: (table: Table, context: Context) => Table;
  readonly ports?: (ports: Ports, context: Context) => Ports;
  /** A handler's answer, as the event source gets it. */
  readonly answer?: (fn: string, answer: unknown) => unknown;
}

export const noBug: Bug = { name: "none" };
