import { bytesOf, lauxlib, lua, type Native, openBase, openMath, pushLibrary, raise, type State, textOf } from "./engine.ts";
import type { Meter } from "./meter.ts";
import { lendMethods, stringLibrary } from "./string-library.ts";
import { tableLibrary, unpack } from "./table-library.ts";
import { timeLibrary } from "./time-library.ts";

/** What the base library has and a script must not: code from texts and files, other threads, the collector, printing. */
const taken = ["collectgarbage", "dofile", "load", "loadfile", "loadstring", "require", "_VERSION"] as const;

/** Modules that `require` knows: Argo CD's scripts begin with `local os = require("os")`. */
const modules = ["os", "string", "table", "math"] as const;

/** Opens what every script gets, whatever `useOpenLibs` says: there is nothing in it that reaches outside. */
export const openLibraries = (state: State, meter: Meter, now: () => number): void => {
  lauxlib.luaL_requiref(state, bytesOf("_G"), openBase, true);
  lauxlib.luaL_requiref(state, bytesOf("math"), openMath, true);
  lua.lua_settop(state, 0);
  for (const name of taken) {
    lua.lua_pushnil(state);
    lua.lua_setglobal(state, bytesOf(name));
  }
  seedChance(state, now);
  addTo(state, "math", { floor: rounding(Math.floor), ceil: rounding(Math.ceil) });
  setGlobal(state, "string", stringLibrary(meter));
  setGlobal(state, "table", tableLibrary(meter));
  setGlobal(state, "os", timeLibrary(now));
  for (const [name, native] of Object.entries({ require: requireModule, unpack, print: () => 0, pcall: guarded, xpcall: handled })) {
    lua.lua_pushcfunction(state, native);
    lua.lua_setglobal(state, bytesOf(name));
  }
  lendMethods(state);
};

const setGlobal = (state: State, name: string, functions: Readonly<Record<string, Native>>): void => {
  pushLibrary(state, functions);
  lua.lua_setglobal(state, bytesOf(name));
};

const addTo = (state: State, name: string, functions: Readonly<Record<string, Native>>): void => {
  lua.lua_getglobal(state, bytesOf(name));
  for (const [each, native] of Object.entries(functions)) {
    lua.lua_pushcfunction(state, native);
    lua.lua_setfield(state, -2, bytesOf(each));
  }
  lua.lua_pop(state, 1);
};

/** fengari's answer with whole numbers, which end at 2^31. */
const rounding =
  (round: (value: number) => number): Native =>
  (state) => {
    lua.lua_pushnumber(state, round(lauxlib.luaL_checknumber(state, 1)));
    return 1;
  };

/** The same chance for the same time: what a script answers can be had again. */
const seedChance = (state: State, now: () => number): void => {
  lua.lua_getglobal(state, bytesOf("math"));
  lua.lua_getfield(state, -1, bytesOf("randomseed"));
  lua.lua_pushnumber(state, Math.floor(now() / 1000) % 2 ** 31);
  lua.lua_call(state, 1, 0);
  lua.lua_pop(state, 1);
};

const requireModule: Native = (state) => {
  const name = textOf(lauxlib.luaL_checkstring(state, 1));
  const found = modules.find((module) => module === name);
  if (found === undefined) return raise(state, `there is no module ${name}; scripts may require ${modules.join(", ")}`);
  lua.lua_getglobal(state, bytesOf(found));
  return 1;
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
