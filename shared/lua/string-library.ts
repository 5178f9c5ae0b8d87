import { integerOr, lauxlib, lua, type Native, raise, type State } from "./engine.ts";
import { formatText } from "./format-text.ts";
import type { Meter } from "./meter.ts";
import { findMatches, gmatch, gsub } from "./string-patterns.ts";

/** Characters that `string.byte` answers at once; more would fill the stack. */
const mostBytes = 250;

/** Lua's `string`, without what reads or makes code (`dump`), and with every result paid for before it is made. */
export const stringLibrary = (meter: Meter): Readonly<Record<string, Native>> => {
  const push = (state: State, bytes: Uint8Array): number => {
    lua.lua_pushstring(state, bytes);
    return 1;
  };
  const mapped =
    (change: (byte: number) => number): Native =>
    (state) => {
      const text = lauxlib.luaL_checkstring(state, 1);
      meter.reserve(state, text.length);
      return push(state, text.map(change));
    };
  return {
    len: (state) => {
      lua.lua_pushnumber(state, lauxlib.luaL_checkstring(state, 1).length);
      return 1;
    },
    sub: (state) => {
      const text = lauxlib.luaL_checkstring(state, 1);
      const [from, to] = boundsOf(text.length, integerOr(state, 2, 1), integerOr(state, 3, -1));
      meter.reserve(state, Math.max(0, to - from));
      return push(state, text.slice(from, Math.max(from, to)));
    },
    byte: (state) => {
      const text = lauxlib.luaL_checkstring(state, 1);
      const first = integerOr(state, 2, 1);
      const [from, to] = boundsOf(text.length, first, integerOr(state, 3, first));
      if (to - from > mostBytes) raise(state, `string.byte answers at most ${mostBytes} bytes`);
      lua.lua_checkstack(state, mostBytes);
      for (let at = from; at < to; at++) lua.lua_pushnumber(state, text[at] ?? 0);
      return Math.max(0, to - from);
    },
    char: (state) => {
      const bytes = Array.from({ length: lua.lua_gettop(state) }, (_, at) => lauxlib.luaL_checkinteger(state, at + 1));
      if (bytes.some((byte) => byte < 0 || byte > 255)) raise(state, "string.char takes numbers from 0 to 255");
      return push(state, Uint8Array.from(bytes));
    },
    rep: (state) => {
      const text = lauxlib.luaL_checkstring(state, 1);
      const count = Math.max(0, integerOr(state, 2, 0));
      meter.reserve(state, text.length * count);
      return push(state, Uint8Array.from(Buffer.alloc(text.length * count, text.length === 0 ? undefined : text)));
    },
    reverse: (state) => {
      const text = lauxlib.luaL_checkstring(state, 1);
      meter.reserve(state, text.length);
      return push(state, text.toReversed());
    },
    lower: mapped((byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte)),
    upper: mapped((byte) => (byte >= 97 && byte <= 122 ? byte - 32 : byte)),
    format: (state) => push(state, formatText(state, meter)),
    find: (state) => findMatches(state, meter, "find"),
    match: (state) => findMatches(state, meter, "match"),
    gmatch: (state) => gmatch(state, meter),
    gsub: (state) => gsub(state, meter),
  };
};

/** From Lua's bounds (from 1, negative ones from the end) to ours (from 0, the end left out). */
const boundsOf = (length: number, first: number, last: number): readonly [number, number] => {
  const from = first < 0 ? Math.max(0, length + first) : Math.max(0, first - 1);
  const to = last < 0 ? length + last + 1 : Math.min(last, length);
  return [Math.min(from, length), to];
};
