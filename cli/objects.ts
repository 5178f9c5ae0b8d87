import type { FieldChange, ObjectResult } from "../shared/model/operation.ts";
import { describeKey } from "../shared/model/resource-key.ts";
import { columns, oneLine } from "./layout.ts";

/** One line per object, below it the fields that differ. */
export const describeObjects = (results: readonly ObjectResult[]): readonly string[] => {
  const lines = columns(results.map(({ key, action, message }) => ["", describeKey(key), action, oneLine(message ?? "", 200)])).split("\n");
  return results.flatMap(({ fields = [] }, index) => [lines[index] ?? "", ...fields.map(describeField)]);
};

const describeField = ({ path, live = "absent", desired = "absent", manager }: FieldChange): string =>
  `    ${oneLine(`${path}: ${live} → ${desired}${manager === undefined ? "" : ` (${manager})`}`, 200)}`;
