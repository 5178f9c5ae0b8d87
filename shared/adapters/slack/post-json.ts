import { unreachable } from "./trouble.ts";

export interface SlackAnswer {
  readonly status: number;
  readonly text: string;
}

/** Seconds for everything; well below the time for which notify holds its claim. */
const patience = 10;

/** Slack's answers are short; anything longer is not Slack. */
const longestAnswer = 64 * 1024;

/** Throws SlackUnreachable for all that may pass by itself: no answer, 429 with its pause, 5xx. Redirects are not followed: the body and the token go to Slack only. */
export const postJson = async (url: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<SlackAnswer> => {
  const answer = await send(url, body, headers);
  if (answer.status === 429) throw unreachable("Slack asked for a pause", { retryAfter: pauseOf(answer.headers.get("retry-after")) });
  if (answer.status >= 500) throw unreachable(`Slack answered with HTTP ${answer.status}`);
  return { status: answer.status, text: answer.text };
};

const send = async (url: string, body: object, headers: Readonly<Record<string, string>>) => {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8", ...headers },
      body: JSON.stringify(body),
      redirect: "error",
      signal: AbortSignal.timeout(patience * 1000),
    });
    return { status: response.status, headers: response.headers, text: (await response.text()).slice(0, longestAnswer) };
  } catch (cause) {
    throw unreachable(`Slack cannot be reached (${reasonOf(cause)})`, { cause: reasonOf(cause) });
  }
};

/** The system's error code, never the error itself: its text could hold the webhook's URL. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return "unknown trouble";
  if (error.name === "TimeoutError") return `no answer within ${patience} s`;
  const { cause } = error;
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : error.name;
};

/** Whole seconds, at most an hour: https://docs.slack.dev/apis/web-api/rate-limits */
const pauseOf = (header: string | null): number => {
  const seconds = Number(header ?? "");
  return header !== null && Number.isFinite(seconds) && seconds >= 0 ? Math.min(Math.ceil(seconds), 3_600) : 30;
};
