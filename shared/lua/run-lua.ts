/**
 * Lua that people keep in argocd-cm, run where it can do no harm: it sees one object and a clock, and every instruction is counted. Nothing
 * here reaches files, processes, the network or another object.
 */
import { Failure } from "../model/failure.ts";
import type { Json } from "../model/json.ts";
import { plainText } from "../model/plain-text.ts";
import { chunkName, compile } from "./compile.ts";
import { bytesOf, LUA_OK, lauxlib, lua, type State, textOf } from "./engine.ts";
import { openLibraries } from "./libraries.ts";
import { meterOf } from "./meter.ts";
import { AnswerProblem, pushJson, readJson } from "./values.ts";

export interface LuaScript {
  /** For people: `argocd-cm resource.customizations.health.batch_CronJob`. */
  readonly source: string;
  readonly lua: string;
}

export interface LuaInput {
  /** The global `obj`. */
  readonly obj: Json;
  /** The global `actionParams`, for actions. */
  readonly actionParams?: Readonly<Record<string, string>>;
  /** Milliseconds since 1970: for `os.time`, and to stop what takes too long. */
  readonly now: () => number;
}

/**
 * What a script returns, as JSON; undefined for nothing. An empty table is an empty list: see `withEmptyMaps`.
 * Throws ScriptFailed that names the ConfigMap's key, the line where Lua knows it, and the reason; LimitExceeded where it costs too much.
 */
export const runLua = (script: LuaScript, { obj, actionParams, now }: LuaInput): Json | undefined => {
  const compiled = compile(script.lua);
  if (compiled.state === "refused") throw failed(script, compiled.message);
  const state = lauxlib.luaL_newstate();
  const meter = meterOf(state, now);
  openLibraries(state, meter, now);
  pushJson(state, obj);
  lua.lua_setglobal(state, bytesOf("obj"));
  if (actionParams) {
    pushJson(state, { ...actionParams });
    lua.lua_setglobal(state, bytesOf("actionParams"));
  }
  lauxlib.luaL_loadbuffer(state, compiled.code, null, bytesOf(`=${chunkName}`));
  const status = lua.lua_pcall(state, 0, 1, 0);
  const exhausted = meter.exhausted();
  if (exhausted !== undefined)
    throw new Failure("LimitExceeded", script.source, `${script.source}: the script was stopped, it ${exhausted}`);
  if (status !== LUA_OK) throw failed(script, messageIn(state));
  try {
    return readJson(state);
  } catch (error) {
    if (error instanceof AnswerProblem) throw failed(script, `its answer ${error.message}`);
    throw error;
  }
};

/** Why a script would not even begin, or undefined. */
export const problemOfScript = (script: LuaScript): string | undefined => {
  const compiled = compile(script.lua);
  return compiled.state === "refused" ? failed(script, compiled.message).message : undefined;
};

/** Longest reason that is told; a script may raise a whole object. Characters. */
const longestReason = 300;

const failed = (script: LuaScript, message: string): Failure => {
  const [, line, reason = message] = /^script:(\d+): (.*)$/s.exec(message) ?? [];
  const where = line === undefined ? script.source : `${script.source}, line ${line}`;
  return new Failure("ScriptFailed", script.source, `${where}: ${plainText(reason, longestReason)}`);
};

/** fengari's own trouble, such as a stack that is full, leaves something that is no text. */
const messageIn = (state: State): string => {
  const bytes = lua.lua_tostring(state, -1);
  return bytes === null ? "the script raised an error that is no text" : textOf(bytes);
};
