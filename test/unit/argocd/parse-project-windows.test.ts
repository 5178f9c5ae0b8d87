import { describe, expect, it } from "vitest";
import { parseSchedule } from "../../../shared/argocd/cron-schedule.ts";
import { parseProject } from "../../../shared/argocd/parse-project.ts";
import { rulesOf } from "../../../shared/argocd/project-rules.ts";
import type { JsonObject } from "../../../shared/model/json.ts";
import { manifestOf } from "./manifests.ts";

const usual = { kind: "deny", schedule: "0 22 * * *", duration: "8h", applications: ["*"] };
const parse = (spec: JsonObject) => parseProject(manifestOf("argoproj.io/v1alpha1", "AppProject", { name: "shop" }, { spec }));
const refusal = (...windows: readonly JsonObject[]): string => {
  const answer = parse({ syncWindows: windows });
  return answer.state === "refused" ? answer.failure.message : "parsed";
};
const warnings = (spec: JsonObject): readonly string[] => {
  const answer = parse(spec);
  return answer.state === "parsed" ? answer.warnings : [answer.failure.message];
};

describe("an AppProject with sync windows", () => {
  it("is kept as written, and read when it is asked for its rules", () => {
    const written = { ...usual, timeZone: "Europe/Berlin", manualSync: true, syncOverrun: true, andOperator: true, description: "freeze" };
    const spec = { description: "Shop", syncWindows: [usual, written] };
    expect(parse(spec)).toEqual({ state: "parsed", project: { name: "shop", description: "Shop", spec }, warnings: [] });
    const [first, second] = rulesOf({ name: "shop", spec }).syncWindows;
    expect(first).toMatchObject({ project: "shop", index: 0, timeZone: "UTC", manualSync: false, syncOverrun: false, andOperator: false });
    expect(second).toMatchObject({ index: 1, timeZone: "Europe/Berlin", manualSync: true, syncOverrun: true, andOperator: true });
    expect(second?.duration).toEqual({ text: "8h", ms: 8 * 3_600_000 });
  });

  it("is refused with everything that is wrong, by window and field", () => {
    const wrong = { kind: "deny", schedule: "0 25 * * *", duration: "1 day", timeZone: "Berlin", clusters: ["eu-[1"] };
    expect(refusal(usual, wrong)).toBe(
      'AppProject shop cannot be used: spec.syncWindows[1].schedule is "0 25 * * *", whose hour "25" is not one of 0 to 23, a range a-b or a ' +
        'step such as */5; spec.syncWindows[1].duration is "1 day"; write hours and minutes such as "8h" or "1h30m" (there are no days); ' +
        'spec.syncWindows[1].timeZone is "Berlin", which is no time zone; write an IANA name such as "Europe/Berlin"; ' +
        'spec.syncWindows[1].clusters[0] is "eu-[1", whose brackets are not closed; write a name, with * for any part of it',
    );
  });

  it.each<[string, JsonObject, string]>([
    ["another kind", { kind: "forbid" }, 'spec.syncWindows[0].kind is "forbid"; write one of "allow", "deny"'],
    ["no schedule", { schedule: null }, "spec.syncWindows[0].schedule is missing; write a string"],
    ["a bare number as duration", { duration: "30" }, 'spec.syncWindows[0].duration is "30"'],
    ["an offset instead of a time zone", { timeZone: "+02:00" }, 'spec.syncWindows[0].timeZone is "+02:00"'],
    ["a long description", { description: "x".repeat(256) }, "spec.syncWindows[0].description is longer than 255 characters"],
    ["a list that is none", { applications: "*" }, 'spec.syncWindows[0].applications is "*"; write a list'],
  ])("is refused for %s", (_, fields, message) => {
    expect(refusal({ ...usual, ...fields })).toContain(message);
  });

  it("warns about windows that do nothing, and fields that nobody knows", () => {
    const { applications, ...forNobody } = usual;
    expect(applications).toEqual(["*"]);
    expect(warnings({ syncWindows: [{ ...usual, duration: "0s" }, forNobody, { ...usual, manualsync: true }], roles: [] })).toEqual([
      "spec.roles: kept, and not enforced yet",
      "spec.syncWindows[2].manualsync is not known and has no effect",
      "spec.syncWindows[0].duration is 0s: this window is never open",
      'spec.syncWindows[1] has no effect: give applications, namespaces or clusters, with "*" for all',
    ]);
  });
});

describe("orphaned resources of an AppProject", () => {
  it("are looked for where the field is given, be it empty", () => {
    expect(rulesOf({ name: "shop", spec: {} }).orphanedResources).toBeUndefined();
    expect(rulesOf({ name: "shop", spec: { orphanedResources: {} } }).orphanedResources).toEqual({ warn: false, ignore: [] });
    const orphanedResources = { warn: true, ignore: [{ kind: "ConfigMap", name: "generated-*" }, { group: "apps" }] };
    expect(rulesOf({ name: "shop", spec: { orphanedResources } }).orphanedResources).toEqual({
      warn: true,
      ignore: [
        { group: "", kind: "ConfigMap", name: "generated-*" },
        { group: "apps", kind: "", name: "" },
      ],
    });
  });
});

describe("the schedule of a sync window", () => {
  const read = (text: string) => {
    const answer = parseSchedule(text);
    return answer.state === "parsed" ? answer.schedule : answer.message;
  };

  it.each<[string, string, JsonObject]>([
    ["a step from a number on goes to the field's end", "5/20 * * * *", { minutes: [5, 25, 45] }],
    ["a step over a range", "0 8-18/5 * * *", { hours: [8, 13, 18] }],
    ["a list of ranges, each once, in order", "0 20-22,21,1 * * *", { hours: [1, 20, 21, 22] }],
    ["names of days and months, whatever their case", "0 0 * JAN-mar Mon-FRI", { months: [1, 2, 3], weekdays: [1, 2, 3, 4, 5] }],
    ["a question mark for a star", "0 0 ? * 1", { eitherDay: false }],
    ["both day fields given: one of them will do", "0 0 1 * 1", { eitherDay: true }],
    ["a star with a step restricts the day, as in robfig/cron", "0 0 */2 * 1", { eitherDay: true }],
    ["a star with step 1 does not", "0 0 */1 * 1", { eitherDay: false }],
    ["a descriptor", "@weekly", { minutes: [0], hours: [0], weekdays: [0], eitherDay: false }],
    ["29 February", "0 0 29 2 *", { days: [29], months: [2] }],
    ["a day that no month has beside a weekday that every month has", "0 0 30 2 1", { eitherDay: true }],
  ])("may be %s", (_, text, fields) => {
    expect(read(text)).toMatchObject(fields);
  });

  it.each([
    ["six fields", "0 0 22 * * *", "write five fields"],
    ["four fields", "0 22 * *", "write five fields"],
    ["nothing", "", "write five fields"],
    ["Sunday as 7", "0 0 * * 7", 'whose day of week "7" is not one of 0 to 6'],
    ["a range around midnight", "0 22-4 * * *", 'whose hour "22-4" runs backwards; write it as two ranges'],
    ["a step of 0", "*/0 * * * *", 'whose minute "*/0"'],
    ["two steps", "*/5/5 * * * *", "is no range"],
    ["the last day of a month", "0 0 L * *", 'whose day of month "L"'],
    ["an unknown descriptor", "@every 1h", "or one of @yearly, @annually"],
    ["a time zone of its own", "CRON_TZ=Europe/Berlin 0 22 * * *", "write it in the window's timeZone instead"],
    ["30 February", "0 0 30 2 *", "which is no day of any year"],
  ])("may not be %s", (_, text, message) => {
    expect(read(text)).toContain(message);
  });
});
