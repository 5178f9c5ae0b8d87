/**
 * Git's own rules for full ref names (git-check-ref-format), and no part that begins with "-": no ref we act on may ever be read as an
 * option or leave its place.
 */
export const isRefName = (ref: string): boolean => {
  if (!ref.startsWith("refs/") || ref.length > 255) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{/.test(ref)) return false;
  return ref.split("/").every((part) => part !== "" && !part.startsWith(".") && !part.startsWith("-") && !/(\.lock|\.)$/.test(part));
};
