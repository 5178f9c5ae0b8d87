import { bytesOf, LUA_OK, lauxlib, lua, type State, textOf } from "./engine.ts";

export type Compiled = { readonly state: "compiled"; readonly code: Uint8Array } | { readonly state: "refused"; readonly message: string };

/** The name that Lua's messages give the script; people are told the ConfigMap's key instead. */
export const chunkName = "script";

/** Longest script that is read: what argocd-cm holds at all. Bytes. */
const longest = 350_000;
/** Scripts kept compiled while the function is warm: more than an installation has. */
const kept = 500;
const cache = new Map<string, Compiled>();

/** Compiles a script once. The answer is the same for the same text, so it may be kept by it. */
export const compile = (text: string): Compiled => {
  const known = cache.get(text);
  if (known) return known;
  const compiled = compileAnew(text);
  if (cache.size >= kept) cache.clear();
  cache.set(text, compiled);
  return compiled;
};

const compileAnew = (text: string): Compiled => {
  const bytes = bytesOf(text);
  if (bytes.length > longest) return { state: "refused", message: `the script is longer than ${longest} bytes` };
  // Lua's own compiled code can do what scripts cannot: only texts are read.
  if (bytes[0] === 0x1b) return { state: "refused", message: "the script is no text" };
  const state = lauxlib.luaL_newstate();
  const name = bytesOf(`=${chunkName}`);
  if (lauxlib.luaL_loadbuffer(state, bytes, null, name) !== LUA_OK)
    return { state: "refused", message: textOf(lua.lua_tostring(state, -1) ?? bytesOf("cannot be read")) };
  return { state: "compiled", code: dumped(state) };
};

const dumped = (state: State): Uint8Array => {
  const parts: Uint8Array[] = [];
  const keep = (_: State, bytes: Uint8Array, size: number): number => {
    parts.push(bytes.slice(0, size));
    return 0;
  };
  lua.lua_dump(state, keep, null, false);
  return Uint8Array.from(Buffer.concat(parts));
};
