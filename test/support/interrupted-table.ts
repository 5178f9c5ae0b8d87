import type { Table } from "../../shared/ports/table.ts";

type Calls = "get" | "getMany" | "put" | "update" | "delete" | "query";
const names: readonly Calls[] = ["get", "getMany", "put", "update", "delete", "query"];

/**
 * The same table as one of two sees it: after its call number `at`, counted from 1, the other one does all that it has to do. `calls` says how
 * many there were: with fewer than `at`, nobody came between.
 */
export const interruptedTable = <T extends Table>(table: T, at: number, other: () => Promise<unknown>) => {
  let calls = 0;
  const counted = (name: Calls) => ({
    [name]: async (...given: never[]) => {
      const call: (...all: never[]) => Promise<unknown> = table[name];
      const answer = await call(...given);
      if (++calls === at) await other();
      return answer;
    },
  });
  const watched: T = Object.assign({}, table, ...names.map(counted));
  return { table: watched, calls: () => calls };
};
