import { describe, expect, it } from "vitest";
import type { KustomizeOptions } from "../../../shared/model/application.ts";
import type { JsonObject } from "../../../shared/model/json.ts";
import { asksForEdits, editKustomization } from "../../../shared/render/kustomize/edit.ts";
import { parseImage } from "../../../shared/render/kustomize/images.ts";

const edit = (kustomization: JsonObject, options: KustomizeOptions): JsonObject =>
  editKustomization(kustomization, {
    options,
    env: { ARGOCD_APP_NAME: "web", ARGOCD_APP_REVISION_SHORT: "abc1234" },
    file: "app/kustomization.yaml",
    hasComponent: (path) => path === "../components/tls",
  });

describe("source.kustomize, applied as `kustomize edit` would", () => {
  it("replaces namePrefix, nameSuffix and namespace instead of stacking them", () => {
    const kustomization = { namePrefix: "a-", namespace: "old", resources: ["web.yaml"] };
    expect(edit(kustomization, { namePrefix: "b-", nameSuffix: "-x", namespace: "new" })).toEqual({
      namePrefix: "b-",
      nameSuffix: "-x",
      namespace: "new",
      resources: ["web.yaml"],
    });
  });

  it("sets images by name, keeps the others, and keeps what `*` asks to keep", () => {
    const kustomization = {
      images: [
        { name: "nginx", newName: "mirror/nginx", newTag: "1" },
        { name: "redis", newTag: "7" },
      ],
    };
    expect(edit(kustomization, { images: ["nginx=*:2", `app=ghcr.io/x/app:\${ARGOCD_APP_REVISION_SHORT}`] })).toEqual({
      images: [
        { name: "app", newName: "ghcr.io/x/app", newTag: "abc1234" },
        { name: "nginx", newName: "mirror/nginx", newTag: "2" },
        { name: "redis", newTag: "7" },
      ],
    });
  });

  it.each([
    ["nginx:1.2", { name: "nginx", newTag: "1.2" }],
    ["host:5000/nginx:1.2", { name: "host:5000/nginx", newTag: "1.2" }],
    ["nginx@sha256:ab", { name: "nginx", digest: "sha256:ab" }],
    ["nginx=other", { name: "nginx", newName: "other" }],
    ["nginx=host:5000/other:2@sha256:ab", { name: "nginx", newName: "host:5000/other", newTag: "2", digest: "sha256:ab" }],
    ["host:5000/nginx", undefined],
    ["nginx", undefined],
  ])("reads the image %s", (text, image) => {
    expect(parseImage(text)).toEqual(image);
  });

  it("refuses an image that changes nothing, and a count that is no number, by field", () => {
    expect(() => edit({}, { images: ["nginx"] })).toThrow('source.kustomize.images has "nginx", which changes nothing');
    expect(() => edit({}, { replicas: [{ name: "web", count: "many" }] })).toThrow('source.kustomize.replicas asks for "many" of web');
  });

  it("sets replicas by name, numbers written as text included", () => {
    const kustomization = {
      replicas: [
        { name: "web", count: 1 },
        { name: "api", count: 2 },
      ],
    };
    expect(edit(kustomization, { replicas: [{ name: "web", count: "5" }] })).toEqual({
      replicas: [
        { name: "web", count: 5 },
        { name: "api", count: 2 },
      ],
    });
  });

  it("adds common labels, with variables, and refuses to change one unless forced", () => {
    const kustomization = { commonLabels: { team: "a" } };
    expect(edit(kustomization, { commonLabels: { app: "$ARGOCD_APP_NAME" } })).toEqual({ commonLabels: { team: "a", app: "web" } });
    expect(() => edit(kustomization, { commonLabels: { team: "b" } })).toThrow(
      "source.kustomize.commonLabels sets team, which app/kustomization.yaml sets too; remove one of them or set forceCommonLabels: true",
    );
    expect(edit(kustomization, { commonLabels: { team: "b" }, forceCommonLabels: true })).toEqual({ commonLabels: { team: "b" } });
  });

  it("adds labels without selectors, and to templates only together with that", () => {
    const kustomization = { labels: [{ pairs: { a: "1" } }, { pairs: { b: "2" }, includeSelectors: true }] };
    expect(edit(kustomization, { commonLabels: { c: "3" }, labelWithoutSelector: true })).toEqual({
      labels: [{ pairs: { a: "1", c: "3" } }, { pairs: { b: "2" }, includeSelectors: true }],
    });
    expect(edit({}, { commonLabels: { c: "3" }, labelWithoutSelector: true, labelIncludeTemplates: true })).toEqual({
      labels: [{ pairs: { c: "3" }, includeTemplates: true }],
    });
    expect(() => edit({}, { commonLabels: { c: "3" }, labelIncludeTemplates: true })).toThrow(
      "labelIncludeTemplates works only together with labelWithoutSelector",
    );
  });

  it("replaces variables in annotations only where commonAnnotationsEnvsubst says so", () => {
    const commonAnnotations = { by: `\${ARGOCD_APP_NAME} for $$5` };
    expect(edit({}, { commonAnnotations })).toEqual({ commonAnnotations });
    expect(edit({}, { commonAnnotations, commonAnnotationsEnvsubst: true })).toEqual({ commonAnnotations: { by: "web for $5" } });
    expect(() => edit({ commonAnnotations: { by: "x" } }, { commonAnnotations })).toThrow("forceCommonAnnotations: true");
    expect(edit({ commonAnnotations: { by: "x" } }, { commonAnnotations: { by: "y" }, forceCommonAnnotations: true })).toEqual({
      commonAnnotations: { by: "y" },
    });
  });

  it("appends patches and components, each component once", () => {
    const kustomization = { patches: [{ path: "a.yaml" }], components: ["../components/tls"] };
    expect(edit(kustomization, { patches: [{ patch: "x" }], components: ["../components/tls"] })).toEqual({
      patches: [{ path: "a.yaml" }, { patch: "x" }],
      components: ["../components/tls"],
    });
  });

  it("refuses a missing component unless it may be missing", () => {
    expect(() => edit({}, { components: ["../components/none"] })).toThrow(
      "source.kustomize.components names ../components/none, which does not exist",
    );
    expect(edit({}, { components: ["../components/none", "../components/tls"], ignoreMissingComponents: true })).toEqual({
      components: ["../components/tls"],
    });
  });

  it("edits nothing where nothing is asked for", () => {
    expect(asksForEdits({})).toBe(false);
    expect(asksForEdits({ version: "v5", namePrefix: "", images: [], commonLabels: {}, forceCommonLabels: false })).toBe(false);
    expect(asksForEdits({ namespace: "shop" })).toBe(true);
  });
});
