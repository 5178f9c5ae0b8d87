import { describe, expect, it } from "vitest";
import type { ObjectResult } from "../../../shared/model/operation.ts";
import { type Heals, healNews } from "../../../shared/state/repeated-heals.ts";

const minute = 60_000;
const healed = (path: string): readonly ObjectResult[] => [
  { key: { group: "apps", kind: "Deployment", namespace: "prod", name: "web" }, action: "configured", code: "Synced", fields: [{ path }] },
  { key: { group: "", kind: "Service", namespace: "prod", name: "web" }, action: "unchanged", code: "Synced" },
];

/** The same drift healed every so many minutes: at which of them people hear, and what. */
const told = (every: number, times: number, path = () => "spec.replicas") => {
  let heals: Heals | undefined;
  const heard: (readonly [number, string | undefined])[] = [];
  for (let time = 0; time < times; time++) {
    const news = healNews(heals, healed(path()), time * every * minute);
    heals = news.heals;
    if (news.tell) heard.push([time * every, news.reason]);
  }
  return heard;
};

describe("drift that is healed again and again", () => {
  it("is told when it is healed first, when it comes back, and then once an hour with a count", () => {
    expect(told(5, 30)).toEqual([
      [0, undefined],
      [5, "it keeps coming back: healed 2 times in 5 min; see which field manager changes it"],
      [65, "it keeps coming back: healed 14 times in 65 min; see which field manager changes it"],
      [125, "it keeps coming back: healed 26 times in 125 min; see which field manager changes it"],
    ]);
  });

  it("is told each time where it is another field", () => {
    let at = 0;
    expect(told(5, 4, () => `spec.field-${at++}`)).toHaveLength(4);
  });

  it("is news again when it has not come back for two hours", () => {
    expect(told(150, 3).map(([, reason]) => reason)).toEqual([undefined, undefined, undefined]);
  });
});
