import { LUA_MASKCOUNT, lua, raise, type State } from "./engine.ts";

/** What a script may cost, with room: the health scripts that people share need a few hundred steps. */
const limits = {
  /** Instructions of the machine, and what costs as much. About a quarter of a second. */
  steps: 5_000_000,
  /** Bytes that it makes the machine reserve, given back or not. */
  memory: 64 * 1024 * 1024,
  /** Bytes of one string; an object has at most 1.5 MB. */
  string: 4 * 1024 * 1024,
  /** Seconds: Argo CD's own limit. */
  seconds: 1,
} as const;

/** Counts what a script costs; a script that is over a limit does nothing any more, whatever it catches. */
export interface Meter {
  /** Adds steps. Raises a Lua error when there are too many. */
  work(state: State, steps: number): void;
  /** Adds bytes, before they are reserved. */
  reserve(state: State, bytes: number): void;
  /** Why it was stopped: goes on after "it". */
  exhausted(): string | undefined;
}

/** fengari's opcodes that may cost more than a step. */
const op = {
  getTable: 7,
  setTableUp: 8,
  setTable: 10,
  newTable: 11,
  self: 12,
  concat: 29,
  equal: 31,
  less: 32,
  lessOrEqual: 33,
  call: 36,
  tailCall: 37,
  setList: 43,
  closure: 44,
  varArg: 45,
} as const;

/** Measured: an empty table of fengari's is two Maps, an entry an object in one of them. */
const tableBytes = 400;
const entryBytes = 120;
const stringBytes = 100;
/** Bytes that native code looks through while the machine does one instruction. */
const bytesPerStep = 32;
/** Places on the stack: thousands of calls in one another. */
const deepest = 50_000;
/** Instructions between two looks at the clock, and steps: a few that handle long texts take as long as many others. */
const clockEvery = 1024;
const clockSteps = 20_000;

/** Watches every instruction of a state before it runs. */
export const meterOf = (state: State, now: () => number): Meter => {
  let [steps, memory, instructions, seenAt] = [0, 0, 0, 0];
  let why: string | undefined;
  const began = now();
  const stop = (on: State, reason: string): void => {
    why ??= reason;
    raise(on, `it ${why}`);
  };
  const work = (on: State, count: number): void => {
    steps += count;
    if (why !== undefined || steps > limits.steps) stop(on, `takes more than ${limits.steps} steps`);
    if (steps - seenAt > clockSteps) lookAtClock(on);
  };
  const lookAtClock = (on: State): void => {
    seenAt = steps;
    if (now() - began > limits.seconds * 1000) stop(on, `takes longer than ${limits.seconds} s`);
  };
  const reserve = (on: State, bytes: number): void => {
    if (bytes > limits.string) stop(on, `makes a string of more than ${limits.string} bytes`);
    memory += bytes;
    if (memory > limits.memory) stop(on, `needs more than ${limits.memory} bytes of memory`);
  };
  lua.lua_sethook(
    state,
    (on) => {
      if (++instructions % clockEvery === 0) lookAtClock(on);
      work(on, 1);
      weigh(on, work, reserve);
    },
    LUA_MASKCOUNT,
    1,
  );
  return { work, reserve, exhausted: () => why };
};

type Charge = (state: State, amount: number) => void;

const weigh = (state: State, work: Charge, reserve: Charge): void => {
  const { l_base: base, l_code: code, l_savedpc: next } = state.ci;
  const instruction = code[next - 1];
  if (instruction === undefined) return;
  const { A, B, C } = instruction;
  switch (instruction.opcode) {
    case op.concat:
      reserve(state, stringBytes + bytesBetween(state, base + B, base + C + 1));
      break;
    case op.newTable:
    case op.closure:
      reserve(state, tableBytes);
      break;
    case op.setTable:
    case op.setTableUp:
      reserve(state, entryBytes);
      break;
    case op.setList:
      reserve(state, entryBytes * (B === 0 ? state.top - base - A : B));
      break;
    case op.varArg:
      work(state, base - state.ci.funcOff);
      break;
    case op.call:
    case op.tailCall: {
      if (base > deepest) raise(state, "stack overflow");
      const end = B === 0 ? state.top : base + A + B;
      work(state, (end - base - A + bytesBetween(state, base + A + 1, end)) / bytesPerStep);
      break;
    }
    case op.equal:
    case op.less:
    case op.lessOrEqual:
    case op.getTable:
    case op.self:
      work(state, (lengthAt(state, base + B) + (C < 256 ? lengthAt(state, base + C) : 0)) / bytesPerStep);
      break;
    default:
  }
};

const bytesBetween = (state: State, from: number, to: number): number => {
  let bytes = 0;
  for (let at = from; at < to; at++) bytes += lengthAt(state, at);
  return bytes;
};

const lengthAt = (state: State, at: number): number => {
  const value = state.stack[at];
  return value?.ttisstring() ? value.vslen() : 0;
};
