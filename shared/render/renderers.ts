import type { RenderSource } from "../model/render-input.ts";
import { renderDirectory } from "./directory/directory.ts";
import { renderHelm } from "./helm/helm.ts";
import { renderKustomize } from "./kustomize/kustomize.ts";
import type { Renderer } from "./renderer.ts";

/** One row and one file per source kind. */
export const renderers: { readonly [K in RenderSource["kind"]]: Renderer<K> } = {
  directory: renderDirectory,
  kustomize: renderKustomize,
  helm: renderHelm,
};
