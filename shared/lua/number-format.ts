/** Loaded before the rest of fengari, which reads it once: a float that is whole is written without `.0`, as in Lua 5.1. */
import "./fengari-definitions.ts";
import luaconf from "fengari/src/luaconf.js";

luaconf.LUA_COMPAT_FLOATSTRING = true;
