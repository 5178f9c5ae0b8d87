import { isJsonObject, type Json } from "../model/json.ts";
import { lua, type State, textOf, types } from "./engine.ts";

/** What a script may answer. */
const most = { values: 200_000, bytes: 4 * 1024 * 1024, depth: 100 } as const;

/** Something in a script's answer that has no place in JSON; `message` goes on after "its answer". */
export class AnswerProblem extends Error {}

/** Puts a value onto the stack as Argo CD's scripts get it: every number a float, a null as nil, which in a table is nothing at all. */
export const pushJson = (state: State, value: Json | undefined): void => {
  lua.lua_checkstack(state, 4);
  if (typeof value === "string") lua.lua_pushliteral(state, value);
  else if (typeof value === "number") lua.lua_pushnumber(state, value);
  else if (typeof value === "boolean") lua.lua_pushboolean(state, value);
  else if (isJsonObject(value)) {
    const fields = Object.entries(value);
    lua.lua_createtable(state, 0, fields.length);
    for (const [name, field] of fields) {
      if (field === null || field === undefined) continue;
      lua.lua_pushliteral(state, name);
      pushJson(state, field);
      lua.lua_rawset(state, -3);
    }
  } else if (Array.isArray(value)) {
    lua.lua_createtable(state, value.length, 0);
    value
      .filter((item) => item !== null)
      .forEach((item, index) => {
        pushJson(state, item);
        lua.lua_rawseti(state, -2, index + 1);
      });
  } else lua.lua_pushnil(state);
};

interface Taken {
  values: number;
  bytes: number;
}

/**
 * Reads the value at the top of the stack as Argo CD does: a table with a 1 is a list, an empty one is a list, too (`withEmptyMaps` puts that
 * right), any other has texts for keys. Undefined for nil. Throws AnswerProblem.
 */
export const readJson = (state: State, depth = 0, taken: Taken = { values: 0, bytes: 0 }): Json | undefined => {
  if (++taken.values > most.values) throw new AnswerProblem(`holds more than ${most.values} values`);
  if (depth > most.depth) throw new AnswerProblem("is nested too deep, or holds itself");
  switch (lua.lua_type(state, -1)) {
    case types.LUA_TNIL:
      return undefined;
    case types.LUA_TBOOLEAN:
      return lua.lua_toboolean(state, -1);
    case types.LUA_TNUMBER: {
      const value = lua.lua_tonumber(state, -1);
      if (!Number.isFinite(value)) throw new AnswerProblem("holds a number that is none, or endless");
      return value;
    }
    case types.LUA_TSTRING:
      return readText(state, taken);
    case types.LUA_TTABLE:
      lua.lua_checkstack(state, 4);
      return readTable(state, depth, taken);
    default:
      throw new AnswerProblem("holds a function");
  }
};

const readText = (state: State, taken: Taken): string => {
  const bytes = lua.lua_tostring(state, -1) ?? new Uint8Array();
  taken.bytes += bytes.length;
  if (taken.bytes > most.bytes) throw new AnswerProblem(`is larger than ${most.bytes} bytes`);
  return textOf(bytes);
};

const readTable = (state: State, depth: number, taken: Taken): Json => {
  const items = new Map<number, Json>();
  const fields: [string, Json][] = [];
  lua.lua_pushnil(state);
  while (lua.lua_next(state, -2) !== 0) {
    const value = readJson(state, depth + 1, taken) ?? null;
    const type = lua.lua_type(state, -2);
    lua.lua_pop(state, 1);
    if (type === types.LUA_TNUMBER) items.set(lua.lua_tonumber(state, -1), value);
    else if (type === types.LUA_TSTRING) fields.push([readText(state, taken), value]);
    else throw new AnswerProblem("has a table with keys that are neither texts nor numbers");
  }
  if (fields.length > 0 && items.size > 0) throw new AnswerProblem("has a table with both texts and numbers for keys");
  if (fields.length > 0) return Object.fromEntries(fields);
  // A table remembers the order of writing: lists are read from 1 upwards.
  return Array.from({ length: items.size }, (_, at) => {
    const item = items.get(at + 1);
    if (item === undefined) throw new AnswerProblem("has a list with holes");
    return item;
  });
};

/** Lua has one empty table for `{}` and `[]`; where the object had a map, the empty list that came back means that map. */
export const withEmptyMaps = (answer: Json, before: Json | undefined): Json => {
  if (Array.isArray(answer)) {
    if (answer.length === 0 && isJsonObject(before)) return before;
    return Array.isArray(before) ? answer.map((item, index) => withEmptyMaps(item, before[index])) : answer;
  }
  if (!isJsonObject(answer) || !isJsonObject(before)) return answer;
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]) => [name, value === undefined ? value : withEmptyMaps(value, before[name])]),
  );
};
