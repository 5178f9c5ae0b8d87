import { describe, expect, it } from "vitest";
import { failureOf, run } from "./script.ts";

describe("Lua's patterns", () => {
  it.each([
    ["('hello world'):find('wor')", [7, 9]],
    ["('hello'):find('l', 1, true)", [3, 3]],
    ["('a.b'):find('.', 1, true)", [2, 2]],
    ["('hello'):find('')", [1, 0]],
    ["('key = value'):match('^(%w+)%s*=%s*(%w+)$')", ["key", "value"]],
    ["('v1.2.3'):match('%d+%.%d+')", ["1.2"]],
    ["('f(a(b)c)d'):match('%b()')", ["(a(b)c)"]],
    ["('THE (quick) fox'):find('%((%a+)%)')", [5, 11, "quick"]],
    ["('hello'):match('()ll()')", [3, 5]],
    ["('xx=yy'):match('[^=]+', -2)", ["yy"]],
    ["('abc'):match('[a-]+')", ["a"]],
    ["('a]b'):match('[]]')", ["]"]],
    ["('THE END'):gsub('%f[%a]%a+', string.lower)", ["the end", 2]],
    ["('abc'):gsub('%w', '%0%0')", ["aabbcc", 3]],
    ["('abc'):gsub('(a)(b)', '%2%1')", ["bac", 1]],
    ["('hello world'):gsub('o', {o = '0'})", ["hell0 w0rld", 2]],
    ["('hello'):gsub('l', 'L', 1)", ["heLlo", 1]],
    ["('abc'):gsub('', '-')", ["-a-b-c-", 4]],
    ["('  trim  '):match('^%s*(.-)%s*$')", ["trim"]],
    ["('aXb'):match('%u')", ["X"]],
    ["('aaa'):match('a-b') == nil", [true]],
    ["('abab'):match('(ab)%1')", ["ab"]],
    ["('colour'):match('colou?r')", ["colour"]],
  ])("match as the manual says: %s", (expression, answer) => {
    expect(run(`return {${expression}}`)).toEqual(answer);
  });

  it("walk through a text", () => {
    expect(run("local t = {} for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do t[#t + 1] = k .. v end return t")).toEqual(["a1", "b2"]);
    expect(run("local n = 0 for _ in ('abc'):gmatch('') do n = n + 1 end return n")).toBe(4);
  });

  it.each([
    ["('x'):match('(')", "unfinished capture"],
    ["('x'):match('[a')", "missing ']'"],
    ["('x'):match('%')", "ends with '%'"],
    ["('x'):match(')')", "invalid pattern capture"],
    ["('x'):gsub('x', '%2')", "invalid capture index"],
    ["('xx'):match('x%1')", "invalid capture index %1"],
  ])("that are broken are the script's error: %s", (expression, words) => {
    expect(failureOf(`return ${expression}`)).toContain(words);
  });
});

describe("Lua's strings and tables", () => {
  it.each([
    [
      "('%5.2f|%-5s|%05d|%x|%q|%g|%%|%c|%e'):format(3.14159, 'ab', 42, 255, 'a\"b', 0.1, 65, 12345)",
      ' 3.14|ab   |00042|ff|"a\\"b"|0.1|%|A|1.234500e+04',
    ],
    ["('%d of %s'):format(3, true)", "3 of true"],
    ["('%d'):format(4294967296)", "4294967296"],
    ["('%+d % d %.3s'):format(5, 5, 'abcdef')", "+5  5 abc"],
    ["('Hello'):upper() .. ('Hello'):lower() .. ('abc'):reverse()", "HELLOhellocba"],
    ["('hello'):sub(2, -2) .. ('hello'):sub(-3) .. ('x'):sub(5)", "ellllo"],
    ["('ab'):rep(3) .. ('x'):rep(0) .. #('é')", "ababab2"],
    ["string.char(72, 105) .. ('A'):byte()", "Hi65"],
    ["table.concat({1, 'b', 2.5}, ', ')", "1, b, 2.5"],
    ["table.concat({1, 2, 3}, '', 2, 3)", "23"],
  ])("work as in 5.1: %s", (expression, answer) => {
    expect(run(`return ${expression}`)).toBe(answer);
  });

  it("know what Argo CD's scripts use of 5.1", () => {
    expect(
      run("local t = {3, 1, 2} table.sort(t) table.insert(t, 4) table.insert(t, 1, 0) table.remove(t) return {table.getn(t), unpack(t)}"),
    ).toEqual([4, 0, 1, 2, 3]);
    expect(run("local t = {'b', 'a'} table.sort(t, function(x, y) return x > y end) return t")).toEqual(["b", "a"]);
    expect(run("local t = {} for i, v in ipairs(obj.l) do t[#t + 1] = i .. v end return t", { l: ["x", "y"] })).toEqual(["1x", "2y"]);
    expect(run("local n = 0 for k in pairs(obj) do n = n + 1 end return n", { a: 1, b: 2 })).toBe(2);
    expect(failureOf("table.sort({1, 'a'})")).toContain("attempt to compare");
  });

  it("are found by their names only", () => {
    expect(run("return {tostring(_G[nil]), tostring(_G[1]), tostring(nothing), _G._G == _G, getmetatable(_G)}")).toEqual([
      "nil",
      "nil",
      "nil",
      true,
      false,
    ]);
    expect(run("string = nil return {string.upper('x'), type(rawget(_G, 'string'))}")).toEqual(["X", "table"]);
  });

  it("tell the time of the clock that was passed in, in UTC", () => {
    expect(run("local os = require('os') return os.date('!%Y-%m-%dT%H:%M:%SZ')")).toBe("2026-01-31T12:30:05Z");
    expect(run("return os.time()")).toBe(Date.UTC(2026, 0, 31, 12, 30, 5) / 1000);
    expect(run("return os.time({year = 2024, month = 2, day = 29, hour = 1, min = 2, sec = 3})")).toBe(
      Date.UTC(2024, 1, 29, 1, 2, 3) / 1000,
    );
    expect(run("return os.date('%a %d %B %j %p', 0)")).toBe("Thu 01 January 001 AM");
    expect(run("return os.date('*t', 86400).day")).toBe(2);
  });

  it("answer the same chance for the same clock", () => {
    const lua = "return {math.random(), math.random(10)}";
    expect(run(lua)).toEqual(run(lua));
  });
});
