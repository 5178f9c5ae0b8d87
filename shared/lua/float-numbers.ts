/**
 * Numbers as Lua 5.1 has them, which Argo CD's scripts are written for: all of them floats. fengari has Lua 5.3's whole numbers besides, which end
 * at 2^31 and begin again from below: 4 GiB in bytes would be 0.
 */
import "./number-format.ts";
import lobject from "fengari/src/lobject.js";
import fengari from "fengari/src/lua.js";

// Its modules need each other in a circle and must be entered by this one. It has to be used: an import for its effects alone is left out of a
// bundle, for fengari says that it has none.
if (typeof fengari.lua_type !== "function") throw new Error("fengari is not what it was");

const readNumber = lobject.luaO_str2num;
lobject.luaO_str2num = (text, into) => {
  const end = readNumber(text, into);
  if (end !== 0 && into.ttisinteger() && typeof into.value === "number") into.setfltvalue(into.value);
  return end;
};
