/** Nanoseconds of each unit that Go's durations know. */
const units: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3_600e9,
};

const part = /([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)/y;

/** Milliseconds of what Go's time.ParseDuration takes, such as `1h30m`, `1.5s` or `-5m`; undefined for anything else. Days are none of its units. */
export const goDuration = (text: string): number | undefined => {
  const sign = text.startsWith("-") ? -1 : 1;
  const rest = text.replace(/^[+-]/, "");
  if (rest === "0") return 0;
  if (rest === "") return undefined;
  let nanoseconds = 0;
  let at = 0;
  while (at < rest.length) {
    part.lastIndex = at;
    const match = part.exec(rest);
    if (!match) return undefined;
    const [whole, count = "", unit = ""] = match;
    nanoseconds += Number(count) * (units[unit] ?? 0);
    at += whole.length;
  }
  return (sign * nanoseconds) / 1e6;
};

/** As in Argo CD's retries: a bare whole number is seconds, anything else a Go duration. Milliseconds. */
export const secondsOrDuration = (text: string): number | undefined =>
  /^[+-]?[0-9]+$/.test(text) ? Number(text) * 1_000 : goDuration(text);
