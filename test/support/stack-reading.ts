import type { ShownMessage } from "../../infra/local/stand-ins/slack-page.ts";
import type { ApplicationEvent, EventKind } from "../../shared/model/event.ts";
import type { JsonObject } from "../../shared/model/json.ts";
import { type ApplicationState, isDirty, readState } from "../../shared/state/application-state.ts";
import { readHistory } from "../../shared/state/events.ts";
import { eventually } from "./eventually.ts";
import type { TestStack } from "./stack.ts";

/** All text of a message as it stands in the stand-in, a line per block. */
const textOf = ({ blocks, text }: ShownMessage): string =>
  `${text}\n${JSON.stringify(blocks)}`.replaceAll('\\"', '"').replaceAll("\\n", "\n");

/** Texts of all Slack messages that name the Application, oldest first. */
export const slackTexts = (stack: TestStack, application: string): readonly string[] =>
  stack.slack
    .messages()
    .map(textOf)
    .filter((text) => new RegExp(`(^|[^a-z0-9-])${application}($|[^a-z0-9-])`).test(text));

/** Waits for a Slack message about the Application that says all of this. */
export const slackSays = (stack: TestStack, application: string, ...parts: readonly string[]): Promise<string> =>
  eventually(`Slack says ${parts.join(" … ")} of ${application}`, () => {
    const texts = slackTexts(stack, application);
    const found = texts.find((text) => parts.every((part) => text.includes(part)));
    if (found === undefined) throw new Error(`it says:\n${texts.join("\n")}\n${lastLines(stack, application)}`);
    return found;
  });

/** Waits until the Application's state is as wanted. */
export const stateWhere = (
  stack: TestStack,
  application: string,
  wanted: (state: ApplicationState) => boolean,
  seconds?: number,
): Promise<ApplicationState> =>
  eventually(
    `the state of ${application}`,
    async () => {
      const state = await readState(stack.table, application);
      if (state && wanted(state)) return state;
      throw new Error(`${JSON.stringify(state)}\n${lastLines(stack, application)}`);
    },
    seconds,
  );

/** Nothing is wished for that was not done, the last operation succeeded, and what Git wants is what was applied. */
export const isSynced = (state: ApplicationState): boolean =>
  !isDirty(state) &&
  state.owner === undefined &&
  state.syncStatus === "Synced" &&
  state.input !== undefined &&
  state.input === state.syncedInput;

/** Waits until the Application is synced to this commit. */
export const synced = (stack: TestStack, application: string, sha?: string): Promise<ApplicationState> =>
  stateWhere(
    stack,
    application,
    (state) => isSynced(state) && (sha === undefined || state.revisions.some((revision) => revision.sha === sha)),
  );

/** Waits until the Application's last operation failed, and answers the reason that people read. */
export const failed = async (stack: TestStack, application: string, because: string | RegExp, seconds?: number): Promise<string> => {
  const says = (reason: string | undefined) =>
    (typeof because === "string" ? reason?.includes(because) : because.test(reason ?? "")) === true;
  const state = await stateWhere(stack, application, ({ phase, reason }) => phase === "Failed" && says(reason), seconds);
  return state.reason ?? "";
};

/** Events of an Application, oldest first. */
export const history = async (stack: TestStack, application: string, kind?: EventKind): Promise<readonly ApplicationEvent[]> => {
  const { items } = await readHistory(stack.table, application, 200);
  return items.filter((event) => kind === undefined || event.kind === kind).toReversed();
};

/** Lines that functions wrote under this event name. */
export const linesOf = (stack: TestStack, event: string): readonly JsonObject[] => stack.journal.filter((line) => line.event === event);

const lastLines = ({ journal }: TestStack, application: string): string =>
  journal
    .map((line) => JSON.stringify(line))
    .filter((line) => line.includes(`"${application}"`) || line.includes("error") || line.includes("fail"))
    .slice(-12)
    .map((line) => line.slice(0, 600))
    .join("\n");
