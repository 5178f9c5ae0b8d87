import { assertNever } from "../../model/failure.ts";
import type { Json } from "../../model/json.ts";
import type { Change, Condition, Test } from "../../ports/table.ts";

/** Names and values that the expressions of one request refer to. Attribute names are always aliased: DynamoDB reserves hundreds of words. */
export interface Expressions {
  readonly condition: string | undefined;
  readonly update: string | undefined;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, Json>>;
}

/** DynamoDB's expressions for a Condition and a Change, either of which may be absent or empty. */
export const expressionsOf = (condition: Condition = {}, change: Change = {}): Expressions => {
  const scope = newScope();
  const tests = Object.entries(condition).map(([attribute, test]) => testExpression(scope, attribute, test));
  const sections = [
    section(
      "SET",
      definedEntries(change.set).map(([attribute, value]) => `${scope.name(attribute)} = ${scope.value(value)}`),
    ),
    section(
      "ADD",
      Object.entries(change.add ?? {}).map(([attribute, by]) => `${scope.name(attribute)} ${scope.value(by)}`),
    ),
    section("REMOVE", (change.remove ?? []).map(scope.name)),
  ].filter((text) => text !== "");
  return {
    condition: tests.length === 0 ? undefined : tests.join(" AND "),
    update: sections.length === 0 ? undefined : sections.join(" "),
    names: scope.names,
    values: scope.values,
  };
};

const section = (keyword: string, parts: readonly string[]): string => (parts.length === 0 ? "" : `${keyword} ${parts.join(", ")}`);

const definedEntries = (fields: Readonly<Record<string, Json | undefined>> = {}): readonly (readonly [string, Json])[] =>
  Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));

const testExpression = (scope: Scope, attribute: string, test: Test): string => {
  const name = scope.name(attribute);
  if ("equals" in test) return `${name} = ${scope.value(test.equals)}`;
  // Said in full: what `<>` answers for an absent attribute differs between descriptions of DynamoDB.
  if ("differs" in test) return `(attribute_not_exists(${name}) OR ${name} <> ${scope.value(test.differs)})`;
  if ("absent" in test) return `attribute_not_exists(${name})`;
  if ("present" in test) return `attribute_exists(${name})`;
  if ("absentOr" in test) return `(attribute_not_exists(${name}) OR ${name} = ${scope.value(test.absentOr)})`;
  if ("absentOrAtMost" in test) return `(attribute_not_exists(${name}) OR ${name} <= ${scope.value(test.absentOrAtMost)})`;
  if ("below" in test) return `${name} < ${scope.value(test.below)}`;
  if ("atLeast" in test) return `${name} >= ${scope.value(test.atLeast)}`;
  return assertNever(test);
};

interface Scope {
  readonly names: Record<string, string>;
  readonly values: Record<string, Json>;
  readonly name: (attribute: string) => string;
  readonly value: (value: Json) => string;
}

const newScope = (): Scope => {
  const aliases = new Map<string, string>();
  const names: Record<string, string> = {};
  const values: Record<string, Json> = {};
  return {
    names,
    values,
    name: (attribute) => {
      const alias = aliases.get(attribute) ?? `#n${aliases.size}`;
      aliases.set(attribute, alias);
      names[alias] = attribute;
      return alias;
    },
    value: (value) => {
      const alias = `:v${Object.keys(values).length}`;
      values[alias] = value;
      return alias;
    },
  };
};
