/** Where in a document: `["spec", "sources", 0, "helm"]`. */
export type FieldPath = readonly (string | number)[];

/** Something people wrote and we cannot use. `message` goes on after the field's name: "is a number; write a string". */
export interface FieldProblem {
  readonly path: FieldPath;
  readonly message: string;
}

const plainName = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** `spec.sources[0].helm`, and `metadata.labels["app.kubernetes.io/name"]` where a name would be read as several. */
export const formatField = (path: FieldPath): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    if (!plainName.test(step)) return `${text}[${JSON.stringify(step)}]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");

export const formatProblem = ({ path, message }: FieldProblem): string => (path.length === 0 ? message : `${formatField(path)} ${message}`);

/** The candidate that was probably meant: at most a third of its letters (and at least one) away. */
export const closest = (word: string, candidates: readonly string[]): string | undefined => {
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: distanceOf(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .toSorted((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
};

/** Levenshtein's distance with neighbours swapped counted once; words longer than 64 letters are never similar. */
const distanceOf = (a: string, b: string): number => {
  if (a.length > 64 || b.length > 64) return Number.POSITIVE_INFINITY;
  let beforeLast: readonly number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const steps = [
        at(last, j) + 1,
        at(row, j - 1) + 1,
        at(last, j - 1) + (same ? 0 : 1),
        ...(swapped ? [at(beforeLast, j - 2) + 1] : []),
      ];
      row.push(Math.min(...steps));
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
};

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY;
