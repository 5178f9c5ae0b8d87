/** A version as tags and charts have it: `v` and missing parts are allowed, leading zeros too. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Identifiers of a pre-release, none for a release. Build metadata never counts. */
  readonly pre: readonly string[];
}

/** Whether versions are in a range, by the rules of Argo CD and Helm (Masterminds/semver), which differ from npm's. */
export type VersionRange = (version: Version) => boolean;

const preRelease = "(?:-([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?";
const metadata = "(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?";
const versionForm = new RegExp(`^v?(\\d{1,15})(?:\\.(\\d{1,15}))?(?:\\.(\\d{1,15}))?${preRelease}${metadata}$`);
const part = "(\\d{1,15}|[xX*])";
const termForm = new RegExp(`^(=|!=|>|<|>=|=>|<=|=<|~|~>|\\^)?\\s*v?${part}(?:\\.${part})?(?:\\.${part})?${preRelease}${metadata}$`);
/** Ranges are a few words; anything longer is a mistake, or an attempt to keep us busy. */
const longest = 200;

export const parseVersion = (text: string): Version | undefined => {
  const match = versionForm.exec(text.slice(0, longest + 1));
  if (!match) return undefined;
  const [, major, minor = "0", patch = "0", pre] = match;
  return { major: Number(major), minor: Number(minor), patch: Number(patch), pre: pre === undefined ? [] : pre.split(".") };
};

/** Negative where `a` is older. A pre-release is older than its release. */
export const compareVersions = (a: Version, b: Version): number =>
  a.major - b.major || a.minor - b.minor || a.patch - b.patch || comparePreReleases(a.pre, b.pre);

const comparePreReleases = (a: readonly string[], b: readonly string[]): number => {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    const order = compareIdentifiers(left, right);
    if (order !== 0) return order;
  }
  return a.length - b.length;
};

const compareIdentifiers = (a: string, b: string): number => {
  const [left, right] = [isNumber(a), isNumber(b)];
  if (left && right) return Number(a) - Number(b);
  if (left !== right) return left ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
};

const isNumber = (text: string): boolean => /^\d+$/.test(text);

/**
 * Reads `1.*`, `^1.2`, `~1.2.3`, `>=1.0.0 <2`, `1.2 - 1.4`, `>1 || =0.9`, commas or spaces for "and". Undefined for what is no range. An exact
 * version is one too. Pre-releases are in range only where the same "and" group names one: `*-0` is how people ask for them.
 */
export const parseRange = (text: string): VersionRange | undefined => {
  if (text.length > longest) return undefined;
  const groups = text.split("||").map(parseGroup);
  if (!groups.every((group) => group !== undefined)) return undefined;
  return (version) =>
    groups.some((group) => (version.pre.length === 0 || group.some(({ pre }) => pre)) && group.every(({ holds }) => holds(version)));
};

interface Term {
  readonly pre: boolean;
  readonly holds: VersionRange;
}

const parseGroup = (text: string): readonly Term[] | undefined => {
  const spread = text.replace(/(\S+)\s+-\s+(\S+)/g, ">=$1 <=$2").trim();
  if (spread === "") return text === "" ? [{ pre: false, holds: () => true }] : undefined;
  // An operator may stand apart from its version; terms are apart by spaces, commas, or nothing but the next operator.
  const terms = spread.replace(/([=!<>~^])\s+/g, "$1").split(/\s*,\s*|\s+/);
  const parsed = terms.map(parseTerm);
  return parsed.every((term) => term !== undefined) ? parsed : undefined;
};

const parseTerm = (text: string): Term | undefined => {
  const match = termForm.exec(text);
  if (!match) return undefined;
  const [, operator = "", major, minor, patch, pre] = match;
  const given = [major, minor, patch].findIndex((one) => one === undefined || /^[xX*]$/.test(one));
  const exact = given < 0 ? 3 : given;
  const number = (index: number, digits: string | undefined) => (index < exact ? Number(digits) : 0);
  const low = { major: number(0, major), minor: number(1, minor), patch: number(2, patch), pre: pre === undefined ? [] : pre.split(".") };
  return { pre: pre !== undefined, holds: holding(operator, low, exact) };
};

/** `exact` is how many of the three parts are given: 1 for `2`, `2.x` and `2.*`. */
const holding = (operator: string, low: Version, exact: number): VersionRange => {
  const order: (version: Version) => number = (version) => compareVersions(version, low);
  const within =
    (parts: number): VersionRange =>
    (version) =>
      samePart(version, low, parts);
  switch (operator) {
    case ">":
      // `>1` means from 2.0.0 on.
      return exact === 3 ? (version) => order(version) > 0 : (version) => order(version) > 0 && !within(exact)(version);
    case "<":
      return (version) => order(version) < 0;
    case ">=":
    case "=>":
      return (version) => order(version) >= 0;
    case "<=":
    case "=<":
      return exact === 3 ? (version) => order(version) <= 0 : (version) => order(version) < 0 || within(exact)(version);
    case "!=":
      return exact === 3 ? (version) => order(version) !== 0 : (version) => !within(exact)(version);
    case "~":
    case "~>":
      return tilde(low, exact);
    case "^":
      return caret(low, exact);
    default:
      return exact === 3 ? (version) => order(version) === 0 : tilde(low, exact);
  }
};

const tilde = (low: Version, exact: number): VersionRange => {
  const parts = Math.min(exact, 2);
  return (version) => compareVersions(version, low) >= 0 && samePart(version, low, parts);
};

/** Up to the next change of the leftmost part that is not zero. */
const caret = (low: Version, exact: number): VersionRange => {
  const fixed = low.major > 0 ? 1 : low.minor > 0 ? 2 : 3;
  const parts = Math.min(fixed, exact);
  return (version) => compareVersions(version, low) >= 0 && samePart(version, low, parts);
};

const samePart = (a: Version, b: Version, parts: number): boolean =>
  (parts < 1 || a.major === b.major) && (parts < 2 || a.minor === b.minor) && (parts < 3 || a.patch === b.patch);
