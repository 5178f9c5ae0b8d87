/** Seconds, milliseconds or a rate, over the rounds of one run. The machine is noisy: compare with `others` of the same run only. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface BenchResult {
  readonly name: string;
  readonly unit: string;
  readonly ours: Spread & { readonly p95: number };
  /** The same work by somebody else, in the same run. */
  readonly others: Readonly<Record<string, Spread>>;
  readonly goals: readonly Goal[];
}

export interface Goal {
  readonly text: string;
  readonly measured: number;
  readonly met: boolean;
}

export type Bench = () => Promise<readonly BenchResult[]>;

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;

const rounded = (value: number): number => Number(value.toPrecision(4));

export const spreadOf = (samples: readonly number[]): Spread & { readonly p95: number } => {
  const sorted = samples.toSorted((a, b) => a - b);
  return { median: rounded(at(sorted, 0.5)), p95: rounded(at(sorted, 0.95)), min: rounded(at(sorted, 0)), max: rounded(at(sorted, 1)) };
};

/** The sample below which this share of all lie. */
export const quantileOf = (samples: readonly number[], share: number): number =>
  rounded(
    at(
      samples.toSorted((a, b) => a - b),
      share,
    ),
  );

/** Median of the ratios of pairs: each round of ours beside the other's round next to it. */
export const ratioOf = (ours: readonly number[], other: readonly number[]): number =>
  spreadOf(ours.map((sample, round) => sample / (other[round] ?? Number.NaN))).median;

export const goal = (text: string, measured: number, met: boolean): Goal => ({ text, measured: rounded(measured), met });
