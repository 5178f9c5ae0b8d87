import { bytesOf, integerOr, lauxlib, lua, type Native, raise, type State, types } from "./engine.ts";

/** Characters. Directives make more of it than they are. */
const longestFormat = 1_000;

/**
 * The part of Lua's `os` that Argo CD lends to scripts: `time` and `date`, in UTC, by the clock that was passed in.
 * @param now Milliseconds since 1970.
 */
export const timeLibrary = (now: () => number): Readonly<Record<string, Native>> => ({
  time: (state) => {
    lua.lua_pushnumber(state, lua.lua_gettop(state) === 0 ? Math.floor(now() / 1000) : secondsOf(state));
    return 1;
  },
  date: (state) => {
    const written = lua.lua_type(state, 1) === types.LUA_TSTRING ? String(Buffer.from(lauxlib.luaL_checkstring(state, 1))) : "%c";
    const at = new Date(lua.lua_type(state, 2) === types.LUA_TNUMBER ? lua.lua_tonumber(state, 2) * 1000 : now());
    if (Number.isNaN(at.getTime())) raise(state, "os.date: the time is out of bounds");
    const format = written.replace(/^!/, "");
    if (format.length > longestFormat) raise(state, `os.date takes a format of at most ${longestFormat} characters`);
    if (format.startsWith("*t")) pushParts(state, at);
    else lua.lua_pushstring(state, bytesOf(formatDate(at, format)));
    return 1;
  },
});

const secondsOf = (state: State): number => {
  lauxlib.luaL_checktype(state, 1, types.LUA_TTABLE);
  const part = (name: string, otherwise: number): number => {
    lua.lua_getfield(state, 1, bytesOf(name));
    const value = integerOr(state, -1, otherwise);
    lua.lua_pop(state, 1);
    return value;
  };
  const [year, month, day] = [part("year", -1), part("month", -1), part("day", -1)];
  return Math.floor(Date.UTC(year, month - 1, day, part("hour", 12), part("min", 0), part("sec", 0)) / 1000);
};

const pushParts = (state: State, at: Date): void => {
  const parts = {
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
    hour: at.getUTCHours(),
    min: at.getUTCMinutes(),
    sec: at.getUTCSeconds(),
    wday: at.getUTCDay() + 1,
    yday: dayOfYear(at),
  };
  lua.lua_createtable(state, 0, 9);
  for (const [name, value] of Object.entries(parts)) {
    lua.lua_pushnumber(state, value);
    lua.lua_setfield(state, -2, bytesOf(name));
  }
  lua.lua_pushboolean(state, false);
  lua.lua_setfield(state, -2, bytesOf("isdst"));
};

const dayOfYear = (at: Date): number => Math.floor((at.getTime() - Date.UTC(at.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;

const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const months = [..."January February March April May June July August September October November December".split(" ")];
const two = (value: number): string => String(value).padStart(2, "0");

/** What Argo CD's `os.date` knows, C's strftime without its rarer letters; others stay as they are. */
const directives: Readonly<Record<string, (at: Date) => string>> = {
  a: (at) => (days[at.getUTCDay()] ?? "").slice(0, 3),
  A: (at) => days[at.getUTCDay()] ?? "",
  b: (at) => (months[at.getUTCMonth()] ?? "").slice(0, 3),
  B: (at) => months[at.getUTCMonth()] ?? "",
  c: (at) => formatDate(at, "%d %b %y %H:%M %Z"),
  d: (at) => two(at.getUTCDate()),
  F: (at) => formatDate(at, "%Y-%m-%d"),
  H: (at) => two(at.getUTCHours()),
  I: (at) => two(at.getUTCHours() % 12 || 12),
  j: (at) => String(dayOfYear(at)).padStart(3, "0"),
  m: (at) => two(at.getUTCMonth() + 1),
  M: (at) => two(at.getUTCMinutes()),
  p: (at) => (at.getUTCHours() < 12 ? "AM" : "PM"),
  P: (at) => (at.getUTCHours() < 12 ? "am" : "pm"),
  S: (at) => two(at.getUTCSeconds()),
  T: (at) => formatDate(at, "%H:%M:%S"),
  w: (at) => String(at.getUTCDay()),
  x: (at) => formatDate(at, "%y/%m/%d"),
  X: (at) => formatDate(at, "%H:%M:%S"),
  y: (at) => two(at.getUTCFullYear() % 100),
  Y: (at) => String(at.getUTCFullYear()),
  z: () => "+0000",
  Z: () => "UTC",
  "%": () => "%",
};

const formatDate = (at: Date, format: string): string =>
  format.replaceAll(/%(.)/gs, (whole, letter: string) => (Object.hasOwn(directives, letter) ? (directives[letter]?.(at) ?? whole) : whole));
