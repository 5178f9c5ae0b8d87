import type { CronSchedule } from "../model/sync-window.ts";

/**
 * Cron expressions as Argo CD's sync windows take them: five fields in the grammar of robfig/cron (`a-b/n`, `a/n` up to the field's end, lists,
 * English names, `?` for `*`; Sunday is 0 only, ranges never wrap), and its descriptors such as @daily.
 * https://pkg.go.dev/github.com/robfig/cron/v3#hdr-CRON_Expression_Format
 */
export type ScheduleParse =
  | { readonly state: "parsed"; readonly schedule: CronSchedule }
  /** Goes on after the field's name: "has four fields; write…". */
  | { readonly state: "refused"; readonly message: string };

interface FieldRule {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Stand for `least`, `least + 1`… */
  readonly words?: readonly string[];
}

const minute: FieldRule = { name: "minute", least: 0, most: 59 };
const hour: FieldRule = { name: "hour", least: 0, most: 23 };
const day: FieldRule = { name: "day of month", least: 1, most: 31 };
const month: FieldRule = { name: "month", least: 1, most: 12, words: "jan feb mar apr may jun jul aug sep oct nov dec".split(" ") };
const weekday: FieldRule = { name: "day of week", least: 0, most: 6, words: "sun mon tue wed thu fri sat".split(" ") };

const descriptors: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

export const parseSchedule = (written: string): ScheduleParse => {
  const text = written.trim();
  if (/^(CRON_)?TZ=/.test(text)) return refused(`begins with a time zone; write it in the window's timeZone instead`);
  if (text.startsWith("@") && descriptors[text] === undefined)
    return refused(
      `is ${JSON.stringify(text)}; write five fields such as "0 22 * * 1-5", or one of ${Object.keys(descriptors).join(", ")}`,
    );
  const fields = (descriptors[text] ?? text).split(/\s+/);
  const [minutes, hours, days, months, weekdays] = fields;
  if (
    minutes === undefined ||
    hours === undefined ||
    days === undefined ||
    months === undefined ||
    weekdays === undefined ||
    fields.length > 5
  )
    return refused(
      `is ${JSON.stringify(text)}; write five fields, minute, hour, day of month, month and day of week, such as "0 22 * * 1-5"`,
    );
  const read = [
    parseField(minutes, minute),
    parseField(hours, hour),
    parseField(days, day),
    parseField(months, month),
    parseField(weekdays, weekday),
  ] as const;
  const bad = read.find((field) => typeof field === "string");
  if (typeof bad === "string") return refused(`is ${JSON.stringify(text)}, whose ${bad}`);
  return scheduleOf(text, read);
};

type Field = { readonly values: readonly number[]; readonly star: boolean };

const scheduleOf = (text: string, read: readonly [...(Field | string)[]]): ScheduleParse => {
  const [minutes, hours, days, months, weekdays] = read.filter((field) => typeof field !== "string");
  if (!minutes || !hours || !days || !months || !weekdays) return refused("cannot be read");
  const eitherDay = !days.star && !weekdays.star;
  if (!eitherDay && !months.values.some((value) => days.values.some((one) => one <= longest(value))))
    return refused(`is ${JSON.stringify(text)}, which is no day of any year`);
  const schedule: CronSchedule = {
    text,
    minutes: minutes.values,
    hours: hours.values,
    days: days.values,
    months: months.values,
    weekdays: weekdays.values,
    eitherDay,
  };
  return { state: "parsed", schedule };
};

/** Days of a month in the years in which it has most. */
const longest = (value: number): number => new Date(Date.UTC(2024, value, 0)).getUTCDate();

/** A sentence's end where the field cannot be read. */
const parseField = (text: string, rule: FieldRule): Field | string => {
  const parts = text.split(",").filter((part) => part !== "");
  if (parts.length === 0) return `${rule.name} is empty`;
  const read = parts.map((part) => parseRange(part, rule));
  const bad = read.find((part) => typeof part === "string");
  if (typeof bad === "string") return bad;
  const ranges = read.filter((part) => typeof part !== "string");
  const values = [...new Set(ranges.flatMap((range) => range.values))].toSorted((a, b) => a - b);
  return { values, star: ranges.some(({ star }) => star) };
};

const parseRange = (text: string, rule: FieldRule): Field | string => {
  const [range = "", stepText, ...moreSteps] = text.split("/");
  const [lowText = "", highText, ...moreEnds] = range.split("-");
  if (moreSteps.length > 0 || moreEnds.length > 0) return `${rule.name} ${JSON.stringify(text)} is no range`;
  const everything = lowText === "*" || lowText === "?";
  const low = everything ? rule.least : numberIn(lowText, rule);
  const single = stepText === undefined ? low : rule.most;
  const high = everything ? rule.most : highText === undefined ? single : numberIn(highText, rule);
  const step = stepText === undefined ? 1 : wholeNumber(stepText);
  if (low === undefined || high === undefined || step === undefined || step === 0)
    return `${rule.name} ${JSON.stringify(text)} is not one of ${rule.least} to ${rule.most}, a range a-b or a step such as */5`;
  if (low > high) return `${rule.name} ${JSON.stringify(text)} runs backwards; write it as two ranges`;
  const values = Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, index) => low + index * step);
  // As robfig/cron has it: with a step, even a star restricts the days.
  return { values, star: everything && step === 1 };
};

const numberIn = (text: string, rule: FieldRule): number | undefined => {
  const word = rule.words?.indexOf(text.toLowerCase()) ?? -1;
  const value = word >= 0 ? word + rule.least : wholeNumber(text);
  return value !== undefined && value >= rule.least && value <= rule.most ? value : undefined;
};

const wholeNumber = (text: string): number | undefined => (/^[0-9]{1,9}$/.test(text) ? Number(text) : undefined);

const refused = (message: string): ScheduleParse => ({ state: "refused", message });
