/** The innermost of the circle of fengari's modules: entered by any other, it finds no numbers to make its own of. It has to be used, see enter-fengari.ts. */
import defs from "fengari/src/defs.js";

if (typeof defs.to_luastring !== "function") throw new Error("fengari is not what it was: it has no to_luastring");
