import { describe, expect, it } from "vitest";
import { runLua } from "../../../shared/lua/run-lua.ts";
import { failureOf, run, source } from "./script.ts";

describe("a script that does not end", () => {
  it.each([
    ["a loop", "while true do end"],
    ["a loop that catches its own end", "while true do pcall(function() while true do end end) end"],
    ["a handler that goes on", "xpcall(function() while true do end end, function() while true do end end)"],
    ["growing arguments", "local function f(...) return f(1, ...) end return f()"],
    ["a pattern that tries everything", "return string.find(string.rep('a', 30), string.rep('a-', 20) .. 'b')"],
    ["a pattern on a long text", "return string.match(string.rep('a', 5000), '.-.-.-.-b')"],
    ["a sort without an order", "local t = {} for i = 1, 5000 do t[i] = i end while true do table.sort(t, function() return true end) end"],
    ["moving a long list", "local t = {} for i = 1, 1e5 do t[i] = i end while true do table.insert(t, 1, 0) table.remove(t, 1) end"],
    ["comparing long texts", "local a, b = string.rep('a', 1e6), string.rep('a', 1e6) while a == b do end"],
    ["a metamethod that calls itself", "local t = setmetatable({}, {__index = function(t, k) while true do end end}) return t.x"],
    ["a coroutine-free generator", "for _ in string.gmatch(string.rep('x', 1e6), '') do for i = 1, 1e6 do end end"],
  ])("is stopped: %s", (_, lua) => {
    expect(failureOf(lua)).toBe(`LimitExceeded ${source}: the script was stopped, it takes more than 5000000 steps`);
  });

  it("is stopped by the clock, too", () => {
    let now = 0;
    const late = () => runLua({ source, lua: "while true do end" }, { obj: {}, now: () => (now += 100) });
    expect(late).toThrow("the script was stopped, it takes longer than 1 s");
  });
});

// Each of these held the machine up for seconds, up to minutes, within a few of its steps: between two of them nobody looked at the clock.
describe("a script whose single steps are long", () => {
  it.each([
    ["a number of megabytes", "local s = string.rep('9', 4e6) return {tonumber(s) == nil, tonumber(s, 16) == nil}", [true, true]],
    ["the longest number that is one", "return #tostring(tonumber(string.rep('9', 300))) > 0", true],
  ])("does without %s", (_, lua, answer) => {
    expect(run(lua)).toEqual(answer);
  });

  it.each([
    [
      "arithmetic with a text of digits",
      "local s = string.rep('1', 4e6) for i = 1, 1e6 do local x = s + 1 end",
      "arithmetic on a string value",
    ],
    ["a loop to a text of digits", "local s = string.rep('1', 4e6) for i = 1, s do end", "'for' limit must be a number"],
    ["a date of many directives", "return os.date(string.rep('%c', 1e6))", "os.date takes a format of at most 1000 characters"],
    [
      "a set of many bytes",
      "return string.find(string.rep('a', 1e4), '[' .. string.rep('b', 1e5) .. ']')",
      "malformed pattern (a set of more than 1000 bytes)",
    ],
  ])("is refused: %s", (_, lua, words) => {
    expect(failureOf(lua)).toContain(words);
  });

  it("meets the clock after a few of them", () => {
    let now = 0;
    const lua = "local s = string.rep('x', 4e6) for i = 1, 100 do local n = #tostring(s) end return 1";
    expect(() => runLua({ source, lua }, { obj: {}, now: () => (now += 600) })).toThrow("the script was stopped, it takes longer than 1 s");
  });
});

it("numbers in another base are whole, however large, and have no digits of a larger base", () => {
  expect(
    run("return {tonumber('ffffffff', 16), tonumber(' -7F ', 16), tonumber('12', 2) == nil, tonumber('z', 36), tonumber('', 10) == nil}"),
  ).toEqual([4294967295, -127, true, 35, true]);
  expect(failureOf("return tonumber('1', 99)")).toContain("tonumber takes a base from 2 to 36");
});

describe("a script that wants all memory", () => {
  it.each([
    ["one long text", "return string.rep('x', 1e9)", "makes a string of more than 4194304 bytes"],
    ["doubling", "local s = 'x' while true do s = s .. s end", "makes a string of more than 4194304 bytes"],
    [
      "joining",
      "local t = {} for i = 1, 100 do t[i] = string.rep('x', 50000) end return table.concat(t)",
      "makes a string of more than 4194304 bytes",
    ],
    ["replacing", "return (string.rep('x', 1e5):gsub('x', string.rep('y', 1e4)))", "needs more than 67108864 bytes of memory"],
    [
      "formatting",
      "local s = string.rep('x', 1e6) return string.format(string.rep('%s', 50), s, s, s, s, s, s, s, s, s, s)",
      "string.format misses its argument 12",
    ],
    ["many texts", "local t = {} for i = 1, 1e6 do t[i] = string.rep('x', 1000) end", "needs more than 67108864 bytes of memory"],
    ["many tables", "local t = {} while true do t[#t + 1] = {} end", "needs more than 67108864 bytes of memory"],
    ["a tree of tables", "local t while true do t = {t, {}, {}} end", "needs more than 67108864 bytes of memory"],
    ["many functions", "local t = {} while true do t = {function() return t end} end", "needs more than 67108864 bytes of memory"],
  ])("is stopped: %s", (_, lua, words) => {
    expect(failureOf(lua)).toContain(words);
  });

  it.each([
    ["local function f() return 1 + f() end return f()", "stack overflow"],
    ["local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k] end return t.x", "overflow"],
    ["return unpack({}, 1, 1e8)", "unpack answers at most 250 values"],
    ["return string.byte(string.rep('x', 1000), 1, -1)", "string.byte answers at most 250 bytes"],
    ["return string.rep('(', 40):find(string.rep('(', 40))", "too many captures"],
  ])("or calls itself too deep: %s", (lua, words) => {
    expect(failureOf(lua)).toContain(words);
  });
});

describe("a script that wants out", () => {
  it.each([
    "io",
    "load",
    "loadstring",
    "loadfile",
    "dofile",
    "debug",
    "package",
    "coroutine",
    "collectgarbage",
    "string.dump",
    "os.execute",
    "os.getenv",
    "os.exit",
    "js",
    "getfenv",
    "setfenv",
    "newproxy",
  ])("finds no %s", (name) => {
    expect(run(`return ${name} == nil`)).toBe(true);
  });

  it("cannot require what is not there", () => {
    expect(failureOf("require('io')")).toBe(
      `ScriptFailed ${source}, line 1: there is no module io; scripts may require os, string, table, math`,
    );
  });

  it("cannot reach the methods of all strings, nor leave anything behind", () => {
    expect(run("return getmetatable('')")).toBe(false);
    run("string.upper = nil; table.concat = nil; leaked = 1; os.time = nil");
    expect(run("return {('x'):upper(), table.concat({1, 2}), tostring(leaked), type(os.time())}")).toEqual(["X", "12", "nil", "number"]);
  });

  it("cannot bring compiled code", () => {
    expect(failureOf("\u001bLua")).toContain("the script is no text");
  });

  it("cannot touch JavaScript's prototypes", () => {
    expect(run('return {["__proto__"] = {polluted = true}, constructor = "x"}')).toEqual(
      JSON.parse('{"__proto__":{"polluted":true},"constructor":"x"}'),
    );
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});

describe("a script that fails", () => {
  it.each([
    ["x = = 1", ", line 1: unexpected symbol near '='"],
    ["\n\nreturn obj.status.phase", ", line 3: attempt to index a nil value (field 'status')"],
    ["error('not today')", ", line 1: not today"],
    ["error({})", ": the script raised an error that is no text"],
    ["error(string.rep('x', 1000))", `, line 1: ${"x".repeat(300)}…`],
  ])("is told with the ConfigMap's key and the line: %j", (lua, words) => {
    expect(failureOf(lua)).toBe(`ScriptFailed ${source}${words}`);
  });
});
