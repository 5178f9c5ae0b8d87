import { integerOr, lauxlib, lua, type Native, raise, type State, types } from "./engine.ts";
import type { Meter } from "./meter.ts";

/** Values that `unpack` answers at once; more would fill the stack. */
const mostValues = 250;

/** Lua 5.1's `table`, which Argo CD's scripts know: `getn` and `maxn` among them, `move` and `pack` not. Loops in it count as steps. */
export const tableLibrary = (meter: Meter): Readonly<Record<string, Native>> => {
  const lengthOf = (state: State): number => {
    lauxlib.luaL_checktype(state, 1, types.LUA_TTABLE);
    return lua.lua_rawlen(state, 1);
  };
  const length: Native = (state) => {
    lua.lua_pushnumber(state, lengthOf(state));
    return 1;
  };
  return {
    getn: length,
    maxn: length,
    unpack: (state) => unpack(state),
    insert: (state) => {
      const last = lengthOf(state) + 1;
      if (lua.lua_gettop(state) < 2 || lua.lua_gettop(state) > 3) raise(state, "wrong number of arguments to 'insert'");
      const at = lua.lua_gettop(state) === 3 ? integerOr(state, 2, last) : last;
      if (at < 1 || at > last) raise(state, "table.insert: position out of bounds");
      meter.work(state, last - at);
      meter.reserve(state, 120);
      for (let each = last; each > at; each--) {
        lua.lua_rawgeti(state, 1, each - 1);
        lua.lua_rawseti(state, 1, each);
      }
      lua.lua_pushvalue(state, lua.lua_gettop(state));
      lua.lua_rawseti(state, 1, at);
      return 0;
    },
    remove: (state) => {
      const last = lengthOf(state);
      const at = integerOr(state, 2, last);
      if (last === 0 || at < 1 || at > last) return 0;
      meter.work(state, last - at);
      lua.lua_rawgeti(state, 1, at);
      for (let each = at; each < last; each++) {
        lua.lua_rawgeti(state, 1, each + 1);
        lua.lua_rawseti(state, 1, each);
      }
      lua.lua_pushnil(state);
      lua.lua_rawseti(state, 1, last);
      return 1;
    },
    concat: (state) => {
      const last = lengthOf(state);
      const separator = lua.lua_type(state, 2) === types.LUA_TSTRING ? lauxlib.luaL_checkstring(state, 2) : new Uint8Array();
      const [from, to] = [integerOr(state, 3, 1), integerOr(state, 4, last)];
      const parts: Uint8Array[] = [];
      let bytes = 0;
      for (let at = from; at <= to; at++) {
        meter.work(state, 1);
        lua.lua_rawgeti(state, 1, at);
        const part = lua.lua_tostring(state, -1) ?? raise(state, `invalid value (at index ${at}) in table for 'concat'`);
        lua.lua_pop(state, 1);
        bytes += part.length + separator.length;
        meter.reserve(state, part.length + separator.length);
        if (at > from) parts.push(separator);
        parts.push(part);
      }
      meter.reserve(state, bytes);
      lua.lua_pushstring(state, Uint8Array.from(Buffer.concat(parts)));
      return 1;
    },
    sort: (state) => sort(state, meter, lengthOf(state)),
  };
};

export const unpack = (state: State): number => {
  lauxlib.luaL_checktype(state, 1, types.LUA_TTABLE);
  const [from, to] = [integerOr(state, 2, 1), integerOr(state, 3, lua.lua_rawlen(state, 1))];
  if (to - from >= mostValues) raise(state, `unpack answers at most ${mostValues} values`);
  lua.lua_checkstack(state, mostValues);
  for (let at = from; at <= to; at++) lua.lua_rawgeti(state, 1, at);
  return Math.max(0, to - from + 1);
};

/** Merges halves, so that an order that contradicts itself costs no more than any other. The values stay in Lua: only positions move. */
const sort = (state: State, meter: Meter, length: number): number => {
  const compares = lua.lua_type(state, 2) === types.LUA_TFUNCTION;
  const less = (first: number, second: number): boolean => {
    meter.work(state, 1);
    if (compares) lua.lua_pushvalue(state, 2);
    lua.lua_rawgeti(state, 1, first);
    lua.lua_rawgeti(state, 1, second);
    if (!compares) {
      const answer = lua.lua_compare(state, -2, -1, lua.LUA_OPLT);
      lua.lua_pop(state, 2);
      return answer;
    }
    lua.lua_call(state, 2, 1);
    const answer = lua.lua_toboolean(state, -1);
    lua.lua_pop(state, 1);
    return answer;
  };
  meter.work(state, length);
  const order = Array.from({ length }, (_, at) => at + 1).sort((first, second) => (less(first, second) ? -1 : less(second, first) ? 1 : 0));
  lua.lua_createtable(state, length, 0);
  order.forEach((from, at) => {
    lua.lua_rawgeti(state, 1, from);
    lua.lua_rawseti(state, -2, at + 1);
  });
  for (let at = 1; at <= length; at++) {
    lua.lua_rawgeti(state, -1, at);
    lua.lua_rawseti(state, 1, at);
  }
  return 0;
};
