/** Where lines go. On a terminal some lines at its end stay in motion until they are done; elsewhere every line is printed once. */
export interface Screen {
  readonly interactive: boolean;
  /** Prints below what was printed, above what is in motion. */
  print(...lines: readonly string[]): void;
  /** Replaces what is in motion. Does nothing where nothing can move. */
  move(lines: readonly string[]): void;
}

export interface ScreenStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export const screenOn = (stream: ScreenStream): Screen => {
  const interactive = stream.isTTY === true;
  let moving: readonly string[] = [];
  const draw = (printed: readonly string[], next: readonly string[]) => {
    // Up to the first moving line, and everything from there on away.
    const away = moving.length === 0 ? "" : `\u001b[${moving.length}A\r\u001b[0J`;
    moving = next.map((line) => shortened(line, (stream.columns ?? 80) - 1));
    const lines = [...printed, ...moving];
    if (away !== "" || lines.length > 0) stream.write(away + lines.map((line) => `${line}\n`).join(""));
  };
  return {
    interactive,
    print: (...lines) => draw(lines, moving),
    move: (lines) => {
      if (interactive) draw([], lines);
    },
  };
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const escapes = /\u001b\[[0-9;]*m/g;

/** A line that wraps would be two when it is taken away. */
const shortened = (line: string, width: number): string =>
  line.replace(escapes, "").length <= width ? line : `${line.replace(escapes, "").slice(0, Math.max(0, width - 1))}…`;
