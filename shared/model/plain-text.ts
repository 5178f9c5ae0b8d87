/** Control characters, and those that turn the direction of what follows, could forge lines in logs, messages and pages. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unsafe = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/g;

/** Foreign text made safe to show: one line of at most so many characters. */
export const plainText = (text: string, characters: number): string => {
  const line = text
    .slice(0, 4 * characters)
    .replace(unsafe, " ")
    .trim();
  return line.length > characters ? `${line.slice(0, characters)}…` : line;
};
