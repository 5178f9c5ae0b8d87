/**
 * fengari's modules need each other in a circle and must be entered by this one. It has to be used: an import for its effects alone is left out of
 * a bundle, for fengari says that it has none.
 */
import "./number-format.ts";
import fengari from "fengari/src/lua.js";

if (typeof fengari.lua_type !== "function") throw new Error("fengari is not what it was: it has no lua_type");
