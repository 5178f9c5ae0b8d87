import {
  bytesOf,
  LUA_REGISTRYINDEX,
  lauxlib,
  lua,
  type Native,
  openBase,
  openMath,
  pushLibrary,
  raise,
  type State,
  textOf,
  types,
} from "./engine.ts";
import { longestNumeral } from "./float-numbers.ts";
import type { Meter } from "./meter.ts";
import { stringLibrary } from "./string-library.ts";
import { tableLibrary, unpack } from "./table-library.ts";
import { timeLibrary } from "./time-library.ts";

type Member = Native | number;
type Members = Readonly<Record<string, Member>>;

/** What a library of fengari's holds, read once. */
const membersOf = (open: Native, names?: readonly string[]): Members => {
  const state = lauxlib.luaL_newstate();
  lauxlib.luaL_requiref(state, bytesOf("library"), open, false);
  const members: Record<string, Member> = {};
  lua.lua_pushnil(state);
  while (lua.lua_next(state, -2) !== 0) {
    const name = textOf(lua.lua_tostring(state, -2) ?? new Uint8Array());
    const member =
      lua.lua_tocfunction(state, -1) ?? (lua.lua_type(state, -1) === types.LUA_TNUMBER ? lua.lua_tonumber(state, -1) : undefined);
    if (member !== undefined && (names?.includes(name) ?? true)) members[name] = member;
    lua.lua_pop(state, 1);
  }
  return members;
};

/** Of the base library what neither makes code of texts and files, nor reaches the collector, nor prints. */
const lent = "assert error getmetatable ipairs next pairs rawequal rawget rawlen rawset select setmetatable tonumber tostring type".split(
  " ",
);
const base = membersOf(openBase, lent);
const math = membersOf(openMath);

/** Modules that `require` knows: Argo CD's scripts begin with `local os = require("os")`. */
const modules = ["os", "string", "table", "math"] as const;
type Module = (typeof modules)[number];

/**
 * Lends every script the same, whatever `useOpenLibs` says: there is nothing in it that reaches outside. Each name is made when it is first
 * asked for, since most scripts want two or three of eighty.
 */
export const openLibraries = (state: State, meter: Meter, now: () => number): void => {
  const open: Readonly<Record<Module, () => Members>> = {
    os: () => timeLibrary(now),
    string: () => stringLibrary(meter),
    table: () => tableLibrary(meter),
    math: () => mathLibrary(state, now),
  };
  const pushModule = (on: State, name: Module): void => {
    if (lua.lua_getfield(on, LUA_REGISTRYINDEX, bytesOf(name)) !== types.LUA_TNIL) return;
    lua.lua_pop(on, 1);
    pushMembers(on, open[name]());
    lua.lua_pushvalue(on, -1);
    lua.lua_setfield(on, LUA_REGISTRYINDEX, bytesOf(name));
  };
  const functions: Members = { ...base, tonumber, require: requireBy(pushModule), unpack, print: () => 0, pcall: guarded, xpcall: handled };
  const lookUp: Native = (on) => {
    const name = lua.lua_type(on, 2) === types.LUA_TSTRING ? textOf(lauxlib.luaL_checkstring(on, 2)) : "";
    const module = modules.find((each) => each === name);
    if (module) pushModule(on, module);
    else if (name === "_G") lua.lua_pushglobaltable(on);
    else if (Object.hasOwn(functions, name)) pushMember(on, functions[name]);
    else return 0;
    lua.lua_pushvalue(on, 2);
    lua.lua_pushvalue(on, -2);
    lua.lua_rawset(on, 1);
    return 1;
  };
  lua.lua_pushglobaltable(state);
  guard(state, lookUp);
  lua.lua_pop(state, 1);
  // `("x"):upper()` works on every string, and scripts cannot take the methods away.
  lua.lua_pushliteral(state, "");
  guard(state, (on) => {
    pushModule(on, "string");
    lua.lua_pushvalue(on, 2);
    lua.lua_gettable(on, -2);
    return 1;
  });
  lua.lua_pop(state, 1);
};

/** Gives the value at the top a metatable that scripts neither see nor change. */
const guard = (state: State, index: Native): void => {
  pushLibrary(state, { __index: index });
  lua.lua_pushboolean(state, false);
  lua.lua_setfield(state, -2, bytesOf("__metatable"));
  lua.lua_setmetatable(state, -2);
};

const pushMember = (state: State, member: Member | undefined): void => {
  if (typeof member === "function") lua.lua_pushcfunction(state, member);
  else if (member === undefined) lua.lua_pushnil(state);
  else lua.lua_pushnumber(state, member);
};

const pushMembers = (state: State, members: Members): void => {
  lua.lua_createtable(state, 0, Object.keys(members).length);
  for (const [name, member] of Object.entries(members)) {
    pushMember(state, member);
    lua.lua_setfield(state, -2, bytesOf(name));
  }
};

/** fengari's, but for what answers with whole numbers, which end at 2^31. The same chance for the same time: what a script answers can be had again. */
const mathLibrary = (state: State, now: () => number): Members => {
  const { randomseed } = math;
  if (typeof randomseed === "function") {
    lua.lua_pushcfunction(state, randomseed);
    lua.lua_pushnumber(state, Math.floor(now() / 1000) % 2 ** 31);
    lua.lua_call(state, 1, 0);
  }
  return { ...math, floor: rounding(Math.floor), ceil: rounding(Math.ceil) };
};

const rounding =
  (round: (value: number) => number): Native =>
  (state) => {
    lua.lua_pushnumber(state, round(lauxlib.luaL_checknumber(state, 1)));
    return 1;
  };

const requireBy =
  (pushModule: (state: State, name: Module) => void): Native =>
  (state) => {
    const name = textOf(lauxlib.luaL_checkstring(state, 1));
    const found = modules.find((module) => module === name);
    if (found === undefined) return raise(state, `there is no module ${name}; scripts may require ${modules.join(", ")}`);
    pushModule(state, found);
    return 1;
  };

/** With a base fengari's own ends at 2^31, and takes digits that the base does not have. */
const tonumber: Native = (state) => {
  const { tonumber: plain } = base;
  if (lua.lua_type(state, 2) <= types.LUA_TNIL) return typeof plain === "function" ? plain(state) : 0;
  const radix = lauxlib.luaL_checkinteger(state, 2);
  if (radix < 2 || radix > 36) return raise(state, "tonumber takes a base from 2 to 36");
  const text = lauxlib.luaL_checkstring(state, 1);
  const number = text.length > longestNumeral ? undefined : numberIn(textOf(text), radix);
  if (number === undefined) lua.lua_pushnil(state);
  else lua.lua_pushnumber(state, number);
  return 1;
};

const numberIn = (text: string, radix: number): number | undefined => {
  const [, sign, digits = ""] = /^\s*(-?)([0-9a-z]+)\s*$/i.exec(text) ?? [];
  if (digits === "" || [...digits].some((digit) => Number.parseInt(digit, 36) >= radix)) return undefined;
  return Number.parseInt(digits, radix) * (sign === "-" ? -1 : 1);
};

/** fengari's own may be resumed by threads; there are none. */
const guarded: Native = (state) => {
  const parameters = lua.lua_gettop(state) - 1;
  if (parameters < 0) return raise(state, "pcall takes a function");
  const failed = lua.lua_pcall(state, parameters, -1, 0) !== 0;
  lua.lua_pushboolean(state, !failed);
  lua.lua_insert(state, 1);
  return lua.lua_gettop(state);
};

/**
 * The handler is called after the failed function has ended, not while it fails: where the meter fails it, that would be out of the meter's sight, and
 * a handler that does not end would be the end of us. There is no traceback to lose.
 */
const handled: Native = (state) => {
  if (lua.lua_gettop(state) < 2) return raise(state, "xpcall takes two functions");
  lua.lua_pushvalue(state, 1);
  lua.lua_insert(state, 3);
  if (lua.lua_pcall(state, lua.lua_gettop(state) - 3, -1, 0) === 0) {
    lua.lua_pushboolean(state, true);
    lua.lua_replace(state, 2);
    return lua.lua_gettop(state) - 1;
  }
  lua.lua_pushboolean(state, false);
  lua.lua_pushvalue(state, 2);
  lua.lua_pushvalue(state, -3);
  lua.lua_call(state, 1, 1);
  return 2;
};
