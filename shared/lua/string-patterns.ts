import { bytesOf, integerOr, lauxlib, lua, raise, type State, types } from "./engine.ts";
import type { Meter } from "./meter.ts";
import { type Capture, findMatch, type Match, matchAt, PatternProblem } from "./pattern.ts";

const special = new Set([..."^$*+?.([%-"].map((character) => character.charCodeAt(0)));

/** `string.find` and `string.match`. */
export const findMatches = (state: State, meter: Meter, what: "find" | "match"): number => {
  const text = lauxlib.luaL_checkstring(state, 1);
  const pattern = lauxlib.luaL_checkstring(state, 2);
  const first = integerOr(state, 3, 1);
  const start = first < 0 ? Math.max(0, text.length + first) : Math.max(0, first - 1);
  if (start > text.length) return pushNothing(state);
  if (what === "find" && (lua.lua_toboolean(state, 4) || !pattern.some((byte) => special.has(byte)))) {
    meter.work(state, text.length / 8);
    const at = Buffer.from(text.buffer, text.byteOffset, text.byteLength).indexOf(pattern, start);
    return at < 0 ? pushNothing(state) : pushNumbers(state, at + 1, at + pattern.length);
  }
  const found = asked(state, () => findMatch(text, pattern, start, () => meter.work(state, 1)));
  if (!found) return pushNothing(state);
  if (what === "match") return pushCaptures(state, text, found, true);
  return pushNumbers(state, found.from + 1, found.to) + pushCaptures(state, text, found, false);
};

export const gmatch = (state: State, meter: Meter): number => {
  const text = lauxlib.luaL_checkstring(state, 1);
  const pattern = lauxlib.luaL_checkstring(state, 2);
  let at = 0;
  let last = -1;
  lua.lua_pushcfunction(state, (on) => {
    for (; at <= text.length; at++) {
      const found = asked(on, () => matchAt(text, pattern, at, () => meter.work(on, 1)));
      if (!found || found.to === last) continue;
      at = found.to;
      last = found.to;
      return pushCaptures(on, text, found, true);
    }
    return pushNothing(on);
  });
  return 1;
};

export const gsub = (state: State, meter: Meter): number => {
  const text = lauxlib.luaL_checkstring(state, 1);
  const written = lauxlib.luaL_checkstring(state, 2);
  const type = lua.lua_type(state, 3);
  const replacements = [types.LUA_TNUMBER, types.LUA_TSTRING, types.LUA_TTABLE, types.LUA_TFUNCTION];
  if (!replacements.includes(type)) raise(state, "string.gsub takes a string, a function or a table to replace with");
  const most = integerOr(state, 4, text.length + 1);
  const anchored = written[0] === 94;
  const pattern = anchored ? written.subarray(1) : written;
  const parts: Uint8Array[] = [];
  let [at, count, bytes] = [0, 0, 0];
  const add = (part: Uint8Array): void => {
    bytes += part.length;
    meter.reserve(state, part.length + 16);
    meter.work(state, 1);
    parts.push(part);
  };
  while (count < most) {
    const from = at;
    const found = asked(state, () => matchAt(text, pattern, from, () => meter.work(state, 1)));
    if (found) {
      count++;
      add(replacement(state, text, found, type));
    }
    if (found && found.to > at) at = found.to;
    else if (at < text.length) add(text.subarray(at, ++at));
    else break;
    if (anchored) break;
  }
  add(text.subarray(at));
  meter.reserve(state, bytes);
  lua.lua_pushstring(state, Uint8Array.from(Buffer.concat(parts)));
  lua.lua_pushnumber(state, count);
  return 2;
};

const replacement = (state: State, text: Uint8Array, found: Match, type: number): Uint8Array => {
  const whole = text.subarray(found.from, found.to);
  if (type === types.LUA_TNUMBER || type === types.LUA_TSTRING) return expanded(state, text, found, lauxlib.luaL_checkstring(state, 3));
  if (type === types.LUA_TTABLE) {
    pushCapture(state, text, found.captures[0] ?? found);
    lua.lua_gettable(state, 3);
  } else {
    lua.lua_pushvalue(state, 3);
    lua.lua_call(state, pushCaptures(state, text, found, true), 1);
  }
  const answer = lua.lua_toboolean(state, -1) ? lua.lua_tostring(state, -1) : whole;
  lua.lua_pop(state, 1);
  return answer ?? raise(state, "invalid replacement value: string.gsub takes strings and numbers");
};

/** `%1` is the first capture, `%0` the whole match, `%%` a percent sign. */
const expanded = (state: State, text: Uint8Array, found: Match, written: Uint8Array): Uint8Array => {
  if (!written.includes(37)) return written;
  const parts: Uint8Array[] = [];
  for (let at = 0; at < written.length; at++) {
    if (written[at] !== 37) {
      parts.push(written.subarray(at, at + 1));
      continue;
    }
    const next = written[++at] ?? 0;
    if (next === 37) parts.push(written.subarray(at, at + 1));
    else if (next === 48 || (next === 49 && found.captures.length === 0)) parts.push(text.subarray(found.from, found.to));
    else {
      const capture = next > 48 && next <= 57 ? found.captures[next - 49] : undefined;
      if (capture === undefined) return raise(state, `invalid capture index %${String.fromCharCode(next)} in replacement string`);
      parts.push("position" in capture ? bytesOf(String(capture.position)) : text.subarray(capture.from, capture.to));
    }
  }
  return Buffer.concat(parts);
};

/** A pattern that cannot be used is the script's error. */
const asked = <T>(state: State, search: () => T): T => {
  try {
    return search();
  } catch (error) {
    if (error instanceof PatternProblem) return raise(state, error.message);
    throw error;
  }
};

const pushCapture = (state: State, text: Uint8Array, capture: Capture | Match): void => {
  if ("position" in capture) lua.lua_pushnumber(state, capture.position);
  else lua.lua_pushstring(state, text.slice(capture.from, capture.to));
};

const pushCaptures = (state: State, text: Uint8Array, found: Match, whole: boolean): number => {
  const captures = found.captures.length === 0 && whole ? [found] : found.captures;
  lua.lua_checkstack(state, captures.length + 1);
  for (const capture of captures) pushCapture(state, text, capture);
  return captures.length;
};

const pushNumbers = (state: State, ...numbers: readonly number[]): number => {
  for (const number of numbers) lua.lua_pushnumber(state, number);
  return numbers.length;
};

const pushNothing = (state: State): number => {
  lua.lua_pushnil(state);
  return 1;
};
