/** As much of fengari as is used here; it brings no types. Lua's strings are bytes. */
declare module "fengari/src/defs.js" {
  const defs: {
    to_luastring(text: string): Uint8Array;
    readonly LUA_MASKCOUNT: number;
    readonly LUA_REGISTRYINDEX: number;
    readonly thread_status: { readonly LUA_OK: number };
    readonly constant_types: {
      readonly LUA_TNIL: number;
      readonly LUA_TBOOLEAN: number;
      readonly LUA_TNUMBER: number;
      readonly LUA_TSTRING: number;
      readonly LUA_TTABLE: number;
      readonly LUA_TFUNCTION: number;
    };
  };
  export default defs;
}

declare module "fengari/src/luaconf.js" {
  const luaconf: { LUA_COMPAT_FLOATSTRING: boolean };
  export default luaconf;
}

declare module "fengari/src/lobject.js" {
  import type { Value } from "fengari/src/lua.js";

  /** Answers where the number ends, 0 where there is none. */
  const lobject: { luaO_str2num(text: Uint8Array, into: Value): number };
  export default lobject;
}

declare module "fengari/src/lua.js" {
  /** A value on the stack or among a function's constants. */
  export interface Value {
    readonly value: unknown;
    ttisstring(): boolean;
    ttisinteger(): boolean;
    setfltvalue(number: number): void;
    /** Bytes of a string. */
    vslen(): number;
  }
  export interface Instruction {
    readonly opcode: number;
    readonly A: number;
    readonly B: number;
    readonly C: number;
  }
  export interface State {
    readonly top: number;
    readonly stack: readonly (Value | undefined)[];
    readonly ci: { readonly funcOff: number; readonly l_base: number; readonly l_savedpc: number; readonly l_code: readonly Instruction[] };
  }
  /** Answers how many values it left on the stack. */
  export type Native = (state: State) => number;

  const lua: {
    lua_call(state: State, parameters: number, results: number): void;
    lua_checkstack(state: State, slots: number): boolean;
    lua_compare(state: State, first: number, second: number, operation: number): boolean;
    readonly LUA_OPLT: number;
    lua_createtable(state: State, items: number, fields: number): void;
    lua_dump(
      state: State,
      write: (state: State, bytes: Uint8Array, size: number, data: unknown) => number,
      data: unknown,
      strip: boolean,
    ): number;
    lua_getfield(state: State, index: number, name: Uint8Array): number;
    lua_getglobal(state: State, name: Uint8Array): number;
    lua_geti(state: State, index: number, at: number): number;
    lua_gettable(state: State, index: number): number;
    lua_gettop(state: State): number;
    lua_insert(state: State, index: number): void;
    lua_next(state: State, index: number): number;
    lua_pcall(state: State, parameters: number, results: number, handler: number): number;
    lua_pop(state: State, values: number): void;
    lua_pushboolean(state: State, value: boolean): void;
    lua_pushcfunction(state: State, native: Native): void;
    lua_pushglobaltable(state: State): void;
    /** A JavaScript text: without the copy that bytes need. */
    lua_pushliteral(state: State, text: string): void;
    lua_pushnil(state: State): void;
    lua_pushnumber(state: State, value: number): void;
    lua_pushstring(state: State, bytes: Uint8Array): void;
    lua_pushvalue(state: State, index: number): void;
    lua_rawgeti(state: State, index: number, at: number): number;
    lua_rawlen(state: State, index: number): number;
    lua_rawset(state: State, index: number): void;
    lua_rawseti(state: State, index: number, at: number): void;
    lua_remove(state: State, index: number): void;
    lua_replace(state: State, index: number): void;
    lua_setfield(state: State, index: number, name: Uint8Array): void;
    lua_setglobal(state: State, name: Uint8Array): void;
    lua_sethook(state: State, hook: (state: State) => void, mask: number, count: number): void;
    lua_setmetatable(state: State, index: number): void;
    lua_settop(state: State, index: number): void;
    lua_tocfunction(state: State, index: number): Native | null;
    lua_toboolean(state: State, index: number): boolean;
    lua_tonumber(state: State, index: number): number;
    lua_topointer(state: State, index: number): unknown;
    lua_tostring(state: State, index: number): Uint8Array | null;
    lua_type(state: State, index: number): number;
  };
  export default lua;
}

declare module "fengari/src/lauxlib.js" {
  import type { Native, State } from "fengari/src/lua.js";

  const lauxlib: {
    luaL_newstate(): State;
    luaL_loadbuffer(state: State, text: Uint8Array, size: null, name: Uint8Array): number;
    luaL_error(state: State, message: Uint8Array): never;
    luaL_argerror(state: State, argument: number, message: Uint8Array): never;
    luaL_checkinteger(state: State, argument: number): number;
    luaL_checknumber(state: State, argument: number): number;
    luaL_checkstring(state: State, argument: number): Uint8Array;
    luaL_checktype(state: State, argument: number, type: number): void;
    luaL_requiref(state: State, name: Uint8Array, open: Native, global: boolean): void;
    luaL_tolstring(state: State, index: number): Uint8Array;
    luaL_typename(state: State, index: number): Uint8Array;
  };
  export default lauxlib;
}

declare module "fengari/src/lbaselib.js" {
  import type { Native } from "fengari/src/lua.js";

  const library: { readonly luaopen_base: Native };
  export default library;
}

declare module "fengari/src/lmathlib.js" {
  import type { Native } from "fengari/src/lua.js";

  const library: { readonly luaopen_math: Native };
  export default library;
}
