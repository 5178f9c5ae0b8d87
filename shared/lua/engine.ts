/**
 * fengari, as far as it is let in: the machine, the base library and mathematics. Its libraries for files, processes, modules and debugging are
 * never loaded; strings, tables and times are our own, so that every one of them counts what it costs.
 */
import "./float-numbers.ts";
import defs from "fengari/src/defs.js";
import lauxlib from "fengari/src/lauxlib.js";
import base from "fengari/src/lbaselib.js";
import math from "fengari/src/lmathlib.js";
import lua, { type Native, type State } from "fengari/src/lua.js";

export type { Native, State };
export { lauxlib, lua };
export const { luaopen_base: openBase } = base;
export const { luaopen_math: openMath } = math;
export const { LUA_MASKCOUNT, LUA_REGISTRYINDEX } = defs;
export const { LUA_OK } = defs.thread_status;
export const types = defs.constant_types;

/** Lua's bytes of a text. Names of libraries come again and again. */
export const bytesOf = (text: string): Uint8Array => encoder.encode(text);
/** Bytes that are no UTF-8 become U+FFFD: JSON holds nothing else. */
export const textOf = (bytes: Uint8Array): string => decoder.decode(bytes);

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Ends the running function with an error that `pcall` may catch. */
export const raise = (state: State, message: string): never => lauxlib.luaL_error(state, bytesOf(message.replaceAll("%", "%%")));

/** A table of functions, left on the stack. */
export const pushLibrary = (state: State, functions: Readonly<Record<string, Native>>): void => {
  lua.lua_createtable(state, 0, Object.keys(functions).length);
  for (const [name, native] of Object.entries(functions)) {
    lua.lua_pushcfunction(state, native);
    lua.lua_setfield(state, -2, bytesOf(name));
  }
};

/** An optional whole number; floats that are whole count as such, and what is larger than a table can be is cut. */
export const integerOr = (state: State, argument: number, otherwise: number): number => {
  const type = lua.lua_type(state, argument);
  if (type === types.LUA_TNIL || type < 0) return otherwise;
  const value = lauxlib.luaL_checknumber(state, argument);
  return Number.isNaN(value) ? 0 : Math.max(-(2 ** 31), Math.min(2 ** 31, Math.trunc(value)));
};
