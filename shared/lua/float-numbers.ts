/**
 * Numbers as Lua 5.1 has them, which Argo CD's scripts are written for: all of them floats. fengari has Lua 5.3's whole numbers besides, which end
 * at 2^31 and begin again from below: 4 GiB in bytes would be 0.
 */
import "./enter-fengari.ts";
import lobject from "fengari/src/lobject.js";

/** No number is as long, and a text of megabytes that looks like one would hold up the machine within one of its steps. Bytes. */
export const longestNumeral = 1_000;

const readNumber = lobject.luaO_str2num;
lobject.luaO_str2num = (text, into) => {
  if (text.length > longestNumeral) return 0;
  const end = readNumber(text, into);
  if (end !== 0 && into.ttisinteger() && typeof into.value === "number") into.setfltvalue(into.value);
  return end;
};
