import { lauxlib, lua, raise, type State } from "./engine.ts";
import type { Meter } from "./meter.ts";

/** `string.format`: C's, with `%q` for a quoted string. Widths and precisions have at most two digits, as in Lua. */
export const formatText = (state: State, meter: Meter): Uint8Array => {
  const format = Buffer.from(lauxlib.luaL_checkstring(state, 1)).toString("latin1");
  const parts: Buffer[] = [];
  const last = lua.lua_gettop(state);
  let argument = 1;
  const next = (): number => (++argument > last ? raise(state, `string.format misses its argument ${argument}`) : argument);
  const pattern = /%(%|([-+ #0]*)(\d{0,2})(?:\.(\d{0,2}))?(.))|[^%]+|%$/gsy;
  for (const [text, directive, flags = "", width = "", precision, letter = ""] of format.matchAll(pattern)) {
    if (text === "%") raise(state, "invalid conversion '%' to 'format'");
    const formatted =
      directive === undefined
        ? Buffer.from(text, "latin1")
        : directive === "%"
          ? Buffer.from("%")
          : padded(conversion(state, next(), { flags, precision, letter }), flags, Number(width));
    meter.reserve(state, formatted.length);
    parts.push(formatted);
  }
  return Uint8Array.from(Buffer.concat(parts));
};

interface Directive {
  readonly flags: string;
  readonly precision: string | undefined;
  readonly letter: string;
}

const conversion = (state: State, argument: number, { flags, precision, letter }: Directive): Buffer => {
  const digits = precision === undefined ? undefined : Number(precision);
  const number = (): number => lauxlib.luaL_checknumber(state, argument);
  switch (letter) {
    case "s":
      return Buffer.from(lauxlib.luaL_tolstring(state, argument)).subarray(0, digits);
    case "q":
      return Buffer.from(quoted(Buffer.from(lauxlib.luaL_checkstring(state, argument)).toString("latin1")), "latin1");
    case "c":
      return Buffer.of(number() & 255);
    case "d":
    case "i":
    case "u":
      return signed(number(), flags, (value) =>
        Math.trunc(value)
          .toFixed(0)
          .padStart(digits ?? 0, "0"),
      );
    case "x":
      return Buffer.from(
        Math.trunc(number())
          .toString(16)
          .padStart(digits ?? 0, "0"),
      );
    case "X":
      return Buffer.from(
        Math.trunc(number())
          .toString(16)
          .toUpperCase()
          .padStart(digits ?? 0, "0"),
      );
    case "o":
      return Buffer.from(
        Math.trunc(number())
          .toString(8)
          .padStart(digits ?? 0, "0"),
      );
    case "f":
    case "F":
      return signed(number(), flags, (value) => value.toFixed(digits ?? 6));
    case "e":
    case "E":
      return signed(number(), flags, (value) => exponent(value.toExponential(digits ?? 6)));
    case "g":
    case "G":
      return signed(number(), flags, (value) => shortest(value, digits ?? 6));
    default:
      return raise(state, `invalid option '%${letter}' to 'format'`);
  }
};

const signed = (value: number, flags: string, write: (value: number) => string): Buffer => {
  const sign = value < 0 ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  const magnitude = Math.abs(value);
  return Buffer.from(sign + (Number.isFinite(magnitude) ? write(magnitude) : Number.isNaN(magnitude) ? "nan" : "inf"));
};

/** C writes two digits of an exponent at least. */
const exponent = (text: string): string => text.replace(/e([+-])(\d)$/, "e$10$2");

const shortest = (value: number, precision: number): string => {
  const digits = Math.max(1, precision);
  const power = value === 0 ? 0 : Math.floor(Math.log10(value));
  if (power < -4 || power >= digits) return exponent(value.toExponential(digits - 1).replace(/\.?0+e/, "e"));
  return String(Number(value.toPrecision(digits)));
};

const quoted = (text: string): string =>
  `"${text
    .replaceAll(/["\\\n]/g, (found) => `\\${found}`)
    .replaceAll("\r", "\\r")
    .replaceAll("\0", "\\0")}"`;

const padded = (text: Buffer, flags: string, width: number): Buffer => {
  const missing = width - text.length;
  if (missing <= 0) return text;
  if (flags.includes("-")) return Buffer.concat([text, Buffer.alloc(missing, " ")]);
  if (!flags.includes("0")) return Buffer.concat([Buffer.alloc(missing, " "), text]);
  const sign = /^[-+ ]/.test(text.toString("latin1")) ? 1 : 0;
  return Buffer.concat([text.subarray(0, sign), Buffer.alloc(missing, "0"), text.subarray(sign)]);
};
