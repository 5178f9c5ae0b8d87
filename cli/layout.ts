/** Rows in columns as wide as their widest cell, two spaces apart, without blanks at line ends. The first row is the heading. */
export const columns = (rows: readonly (readonly string[])[]): string => {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) => Math.max(...rows.map((row) => width(row[at] ?? ""))));
  return rows
    .map((row) => row.map((cell, at) => (at === row.length - 1 ? cell : cell + " ".repeat((widths[at] ?? 0) - width(cell)))).join("  "))
    .map((line) => line.trimEnd())
    .join("\n");
};

/** Letters as people count them, so that names with accents stay in line. */
const width = (text: string): number => [...new Intl.Segmenter().segment(text)].length;

/** One line, at most `length` letters, and nothing that moves a terminal's cursor: texts come from commits and clusters. */
export const oneLine = (text: string, length = 100): string => {
  const clean = text
    .replace(/\p{Cc}+/gu, " ")
    .replace(/\p{Cf}/gu, "")
    .trim();
  return clean.length > length ? `${clean.slice(0, length - 1)}…` : clean;
};

/** "12 s ago", "3 min ago", "5 h ago", "2 d ago". Both in ms since 1970. */
export const ago = (then: number, now: number): string => {
  const seconds = Math.max(0, Math.round((now - then) / 1000));
  if (seconds < 120) return `${seconds} s ago`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min ago`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h ago` : `${Math.round(seconds / 86_400)} d ago`;
};

/** A commit's sha shortened as people know it; anything else as it is. */
export const shortRevision = (revision: string): string => (/^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 7) : revision);
