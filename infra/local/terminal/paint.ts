import { styleText } from "node:util";

/** What a text is to people, rather than its colour. */
export type Tone = "good" | "bad" | "warning" | "news" | "quiet" | "strong";

const styles = { good: "green", bad: "red", warning: "yellow", news: "cyan", quiet: "gray", strong: "bold" } as const;

export type Paint = (tone: Tone, text: string) => string;

export const painter =
  (colours: boolean): Paint =>
  (tone, text) =>
    colours ? styleText(styles[tone], text, { validateStream: false }) : text;

/** Colours only where a person looks at a terminal that has them, and did not say otherwise (https://no-color.org). */
export const wantsColours = (stream: { readonly isTTY?: boolean }, environment: Readonly<Record<string, string | undefined>>): boolean => {
  const { NO_COLOR = "", FORCE_COLOR = "", TERM = "" } = environment;
  if (NO_COLOR !== "") return false;
  if (FORCE_COLOR !== "" && FORCE_COLOR !== "0") return true;
  return stream.isTTY === true && TERM !== "dumb";
};
