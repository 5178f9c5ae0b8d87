/** Lua's character classes, over bytes: `%a`, `[a-z]`, `[^%s]`. Letters are those of ASCII. */
const code = (character: string): number => character.charCodeAt(0);
const [percent, caret, minus] = [..."%^-"].map(code);

/** Whether a byte is in the set that stands from `open` (its bracket) to `end` (behind its closing one). */
export const inSet = (pattern: Uint8Array, open: number, end: number, byte: number): boolean => {
  const inverted = pattern[open + 1] === caret;
  const last = end - 1;
  for (let at = open + (inverted ? 2 : 1); at < last; at++) {
    const here = pattern[at] ?? 0;
    if (here === percent) {
      at++;
      if (inClass(byte, pattern[at] ?? 0)) return !inverted;
    } else if (pattern[at + 1] === minus && at + 2 < last) {
      if (here <= byte && byte <= (pattern[at + 2] ?? 0)) return !inverted;
      at += 2;
    } else if (here === byte) return !inverted;
  }
  return inverted;
};

const between = (byte: number, from: string, to: string): boolean => byte >= code(from) && byte <= code(to);
const isLetter = (byte: number): boolean => between(byte, "a", "z") || between(byte, "A", "Z");
const isDigit = (byte: number): boolean => between(byte, "0", "9");

const classes: Readonly<Record<string, (byte: number) => boolean>> = {
  a: isLetter,
  c: (byte) => byte < 32 || byte === 127,
  d: isDigit,
  g: (byte) => byte > 32 && byte < 127,
  l: (byte) => between(byte, "a", "z"),
  p: (byte) => byte > 32 && byte < 127 && !isLetter(byte) && !isDigit(byte),
  s: (byte) => byte === 32 || (byte >= 9 && byte <= 13),
  u: (byte) => between(byte, "A", "Z"),
  w: (byte) => isLetter(byte) || isDigit(byte),
  x: (byte) => isDigit(byte) || between(byte, "a", "f") || between(byte, "A", "F"),
};

export const inClass = (byte: number, kind: number): boolean => {
  const letter = String.fromCharCode(kind);
  const lower = letter.toLowerCase();
  const member = Object.hasOwn(classes, lower) ? classes[lower] : undefined;
  if (!member) return byte === kind;
  return member(byte) === (letter === lower);
};
