import type { RenderSource } from "../model/render-input.ts";
import type { Cage, CageBundle, CageLimits } from "../ports/cage.ts";
import type { ParsedManifests } from "./manifests.ts";
import type { SourceTree } from "./source-tree.ts";

export type SourceOf<K extends RenderSource["kind"]> = Extract<RenderSource, { kind: K }>;

/** What a renderer may use: the source's files and those of its `$ref` sources, and a cage for the tools that run what people wrote. */
export interface Workbench {
  readonly tree: SourceTree;
  readonly bundle: Omit<CageBundle, "at">;
  readonly refs: ReadonlyMap<string, { readonly tree: SourceTree; readonly bundle: Omit<CageBundle, "at"> }>;
  readonly cage: Cage;
  readonly limits: CageLimits;
  readonly tenant: string;
}

/** Manifests in the tool's order. Throws a Failure that names file and line where the source cannot be rendered. */
export type Renderer<K extends RenderSource["kind"]> = (source: SourceOf<K>, bench: Workbench) => Promise<ParsedManifests>;
