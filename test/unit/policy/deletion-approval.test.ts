import { describe, expect, it } from "vitest";
import { isDeletionApproved } from "../../../shared/policy/approval.ts";

const began = Date.parse("2026-01-05T12:00:00.700Z");
const approved = (written: string) => isDeletionApproved({ annotations: { "argocd.argoproj.io/deletion-approved": written } }, began);

describe("what Prune=confirm and Delete=confirm ask", () => {
  it.each([
    ["is approved by a later time", "2026-01-05T12:05:00Z", true],
    ["is approved in the second in which the operation began", "2026-01-05T12:00:00Z", true],
    ["is approved in any time zone", "2026-01-05T13:05:00+01:00", true],
    ["is not approved by an earlier yes, which was for another operation", "2026-01-05T11:59:59Z", false],
    ["is not approved by a date without time", "2027-01-01", false],
    ["is not approved by a time without zone", "2027-01-01T00:00:00", false],
    ["is not approved by any other word", "true", false],
    ["is not approved by an empty annotation", "", false],
  ])("%s", (_, written, answer) => {
    expect(approved(written)).toBe(answer);
  });

  it("is not approved without the annotation", () => {
    expect(isDeletionApproved({ annotations: {} }, began)).toBe(false);
  });
});
