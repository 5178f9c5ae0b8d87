import type { EventKind } from "../../model/event.ts";
import type { SlackBlock, SlackMessage } from "../../ports/slack.ts";
import type { Summed } from "../../state/summaries.ts";
import { isOfCluster } from "../cause.ts";
import type { Summary } from "../service.ts";
import { headlines, origin } from "./message.ts";
import { code, fallbackText, fittingLines, mrkdwn, plain, sectionText } from "./text.ts";

/** What says most comes first. `running` is never summed up. */
const says: ReadonlyMap<EventKind, string> = new Map([
  ["failed", "could not be synced"],
  ["degraded", "are degraded"],
  ["waiting-for-approval", "wait for a yes"],
  ["drift-found", "have drifted from Git"],
  ["out-of-sync", "are out of sync"],
  ["drift-healed", "had drifted and are healed"],
  ["synced", "are synced"],
  ["healthy", "are healthy"],
]);

/** All blocks of a message together: see text.ts. */
const allText = 9_000;
const most = { reasons: 5, names: 40 } as const;

/** What people read about many Applications: how many of each kind, their names, and the reasons that they give. */
export const summaryMessage = ({ members, sample, isLate }: Summary): SlackMessage => {
  const kinds = [...says].flatMap(([kind, what]) => {
    const found = members.filter((member) => member.kind === kind);
    return found.length === 0 ? [] : [{ kind, what, found }];
  });
  const [first] = kinds;
  const isCluster = sample !== undefined && isOfCluster(sample);
  const place = isCluster && !isLate ? ` on ${code(sample.cluster)}` : "";
  const count = `${members.length} ${isLate ? "" : "more "}Applications`;
  const icon = isLate || !first ? "📬" : headlines[first.kind].icon;
  const end = isLate
    ? "have news that could not be told in time"
    : kinds.length === 1 && first
      ? `${first.what}${place}`
      : `have news${place}`;
  const block = { most: Math.min(sectionText, Math.floor(allText / Math.max(1, kinds.length))) };
  const blocks: readonly (SlackBlock | undefined)[] = [
    { type: "section", text: mrkdwn(`${icon} *${count}* ${end}`) },
    sample && !isLate && !isCluster ? origin(sample) : undefined,
    ...kinds.map(({ kind, what, found }): SlackBlock => {
      const heading = kinds.length === 1 ? [] : [`${headlines[kind].icon} *${found.length} ${what}*`];
      return { type: "section", text: mrkdwn(fittingLines([...heading, ...linesOf(found, block.most)], block.most)) };
    }),
    { type: "context", elements: [plain("each of them: npx fairlead status APPLICATION")] },
  ];
  return { text: fallbackText(`${icon} ${count} ${end.replaceAll("`", "")}`), blocks: blocks.filter((each) => each !== undefined) };
};

/** Applications by the reason that they give, the most frequent first; those that give none by their names. */
const linesOf = (members: readonly Summed[], room: number): readonly string[] => {
  const reasons = [...Map.groupBy(members, ({ reason = "" }) => reason)].toSorted(([, a], [, b]) => b.length - a.length);
  const told = reasons.slice(0, reasons.length > most.reasons ? most.reasons : undefined);
  const others = reasons.slice(told.length).flatMap(([, found]) => found);
  // Names of one line, whatever its reason takes.
  const each = Math.floor((room - 200) / (told.length + 1)) - 260;
  return [
    ...told.map(([reason, found]) => (reason === "" ? namesOf(found, each + 200) : `• ${code(reason, 200)}: ${namesOf(found, each)}`)),
    ...(others.length === 0 ? [] : [`• for other reasons: ${namesOf(others, each)}`]),
  ];
};

const namesOf = (members: readonly Summed[], characters: number): string => {
  const names: string[] = [];
  let size = 0;
  for (const { application } of members.toSorted((a, b) => (a.application < b.application ? -1 : 1))) {
    const name = code(application, 63);
    if (names.length > 0 && (names.length === most.names || size + name.length > characters)) break;
    names.push(name);
    size += name.length + 2;
  }
  const left = members.length - names.length;
  return `${names.join(", ")}${left === 0 ? "" : ` and ${left} more`}`;
};
