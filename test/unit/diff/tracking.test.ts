import { describe, expect, it } from "vitest";
import { claimOf, namedBy, tracked, trackedAsBefore, trackedHook } from "../../../shared/diff/tracking.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { defaultTracking, type Tracking, trackingMethods } from "../../../shared/model/tracking.ts";
import { configMap } from "../../support/sync-world.ts";

const by = (change: Partial<Tracking>): Tracking => ({ ...defaultTracking, ...change });
const bare = configMap("settings", {}, { namespace: "production", labels: { tier: "front" }, annotations: { note: "kept" } });
const id = "argocd.argoproj.io/tracking-id";
const installation = "argocd.argoproj.io/installation-id";
const label = "app.kubernetes.io/instance";
const own = "web:/ConfigMap:production/settings";

/** As the server would record our apply of it. */
const applied = (manifest: Manifest): Manifest => {
  const keys = (part: Readonly<Record<string, string>> = {}) => Object.fromEntries(Object.keys(part).map((key) => [`f:${key}`, {}]));
  const { labels, annotations } = manifest.metadata;
  const fieldsV1 = { "f:metadata": { "f:labels": keys(labels), "f:annotations": keys(annotations) } };
  return {
    ...manifest,
    metadata: { ...manifest.metadata, managedFields: [{ manager: "fairlead", operation: "Apply", apiVersion: "v1", fieldsV1 }] },
  };
};
const carrying = (metadata: Partial<Manifest["metadata"]>) => configMap("settings", {}, { namespace: "production", ...metadata });

describe("an object is marked", () => {
  it("by the id of itself, beside the annotations that it has", () => {
    expect(tracked(bare, "web").metadata).toMatchObject({ annotations: { note: "kept", [id]: own }, labels: { tier: "front" } });
  });

  it("by the label alone, with the method label", () => {
    const { annotations, labels } = tracked(bare, "web", by({ method: "label", installationId: "east" })).metadata;
    expect([annotations, labels]).toEqual([{ note: "kept" }, { tier: "front", [label]: "web" }]);
  });

  it("by both, with annotation+label, and by the key that is set", () => {
    const { annotations, labels } = tracked(bare, "web", by({ method: "annotation+label", labelKey: "example.com/app" })).metadata;
    expect([annotations, labels]).toEqual([
      { note: "kept", [id]: own },
      { tier: "front", "example.com/app": "web" },
    ]);
  });

  it("by the Application's name, whatever Git has there", () => {
    const helm = carrying({ labels: { [label]: "release" } });
    expect(tracked(helm, "web", by({ method: "label" })).metadata.labels).toEqual({ [label]: "web" });
  });

  it("with the installation's id, and without one that Git has where there is none", () => {
    expect(tracked(bare, "web", by({ installationId: "east" })).metadata.annotations).toMatchObject({ [id]: own, [installation]: "east" });
    expect(tracked(carrying({ annotations: { [installation]: "west" } }), "web").metadata.annotations).toEqual({ [id]: own });
  });

  it("by as much of a long name as fits into a label, where the id beside it has all of it", () => {
    const name = `${"a".repeat(62)}.${"b".repeat(20)}`;
    expect(tracked(bare, name, by({ method: "annotation+label" })).metadata.labels?.[label]).toBe("a".repeat(62));
    expect(tracked(bare, name, by({ method: "label" })).metadata.labels?.[label]).toBe(name);
  });

  it("as a hook by its id in any case", () => {
    expect(trackedHook(bare, "web", by({ method: "label" })).metadata).toMatchObject({
      annotations: { [id]: own },
      labels: { [label]: "web" },
    });
  });
});

describe("whose an object is", () => {
  it.each(trackingMethods)("is read as it was written, with %s", (method) => {
    for (const installationId of ["", "east"]) {
      const tracking = by({ method, installationId });
      expect(namedBy(tracked(bare, "web", tracking), tracking)).toBe("web");
    }
  });

  it.each(["annotation", "annotation+label"] as const)(
    "no copy says that names another object: its id counts for nothing, with %s",
    (method) => {
      const copy = {
        ...tracked(bare, "web", by({ method })),
        metadata: { ...tracked(bare, "web", by({ method })).metadata, name: "copy" },
      };
      expect(claimOf(copy, by({ method })).tracker).toBeUndefined();
      expect(namedBy(copy, by({ method }))).toBeUndefined();
    },
  );

  it("a label says no more than a copy would", () => {
    expect(claimOf(carrying({ labels: { [label]: "web" } }), by({ method: "label" }))).toEqual({ hints: ["web"] });
    expect(claimOf(carrying({ labels: { [label]: "release" } }), defaultTracking)).toEqual({ hints: ["release"] });
  });

  it("is another installation's where that one's id stands", () => {
    const theirs = tracked(bare, "web", by({ installationId: "west" }));
    expect(claimOf(theirs, by({ installationId: "east" }))).toEqual({ elsewhere: "web of installation west", hints: [] });
    expect(claimOf(theirs, defaultTracking)).toEqual({ elsewhere: "web of installation west", hints: [] });
    expect(claimOf(tracked(bare, "web"), by({ installationId: "east" }))).toEqual({ hints: ["web"] });
  });

  it("is ours where it was our own apply that wrote another id: the installation had that one before", () => {
    const before = applied(tracked(bare, "web", by({ installationId: "west" })));
    expect(claimOf(before, by({ installationId: "east" }))).toEqual({ tracker: "web", hints: [] });
  });
});

describe("an object that was applied while another method was in force", () => {
  const ways: readonly Tracking[] = [
    ...trackingMethods.map((method) => by({ method })),
    by({ installationId: "west" }),
    by({ method: "annotation+label", labelKey: "example.com/app", installationId: "west" }),
    by({ method: "label", labelKey: "example.com/app" }),
  ];
  it.each(ways)("is known again as it was applied by $method $labelKey $installationId", (before) => {
    for (const manifest of [bare, configMap("settings"), carrying({ labels: { [label]: "release" } })]) {
      const then = tracked(manifest, "web", before);
      expect(trackedAsBefore(manifest, applied(then), "web")).toEqual(then);
    }
  });

  it("does not hide that somebody took a mark away", () => {
    const { [id]: _, ...annotations } = tracked(bare, "web").metadata.annotations ?? {};
    const live = applied({ ...bare, metadata: { ...bare.metadata, annotations } });
    expect(trackedAsBefore(bare, live, "web")).toEqual(bare);
  });
});
