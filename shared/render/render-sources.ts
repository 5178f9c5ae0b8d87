import { unpackBundle } from "../model/bundle.ts";
import { Failure } from "../model/failure.ts";
import type { RenderInput, RenderOutput, RenderSource } from "../model/render-input.ts";
import type { CageBundle } from "../ports/cage.ts";
import { maxManifests, type ParsedManifests } from "./manifests.ts";
import type { RenderWorld } from "./ports.ts";
import type { SourceOf, Workbench } from "./renderer.ts";
import { renderers } from "./renderers.ts";
import { type SourceTree, sourceTree } from "./source-tree.ts";

/**
 * Renders every source of an input by itself and puts the results one after the other. The same object from two sources stays twice, in their order:
 * which it is shows only once its namespace is known, and then the last one wins.
 * @param tenant The project: projects never share a cage.
 * @throws Failure terminal ones for what is wrong with the sources, retryable ones for the world's troubles.
 */
export const renderSources = async (
  input: RenderInput,
  tenant: string,
  world: Pick<RenderWorld, "artifacts" | "cage" | "limits">,
): Promise<RenderOutput> => {
  const rendered = await Promise.all(input.sources.map((source) => renderSource(source, tenant, world)));
  const manifests = rendered.flatMap((source) => source.manifests);
  if (manifests.length > maxManifests) {
    const count = `${manifests.length} objects, more than the ${maxManifests} of one Application`;
    throw new Failure("LimitExceeded", "sources", `the sources render to ${count}; split it into several`);
  }
  return { v: 1, manifests, warnings: rendered.flatMap((source) => source.warnings) };
};

const renderSource = async (
  source: RenderSource,
  tenant: string,
  { artifacts, cage, limits }: Pick<RenderWorld, "artifacts" | "cage" | "limits">,
): Promise<ParsedManifests> => {
  const refs = Object.entries(source.files.refs).map(async ([name, key]) => [name, await openBundle(key, artifacts)] as const);
  const bench: Workbench = {
    ...(await openBundle(source.files.bundle, artifacts)),
    refs: new Map(await Promise.all(refs)),
    cage,
    limits,
    tenant,
  };
  return renderWith(source, bench);
};

/** Picks the row of the source's kind; written once here so that a new kind is a row and nothing else. */
const renderWith = <K extends RenderSource["kind"]>(
  source: SourceOf<K> & { readonly kind: K },
  bench: Workbench,
): Promise<ParsedManifests> => renderers[source.kind](source, bench);

const openBundle = async (
  key: string,
  artifacts: RenderWorld["artifacts"],
): Promise<{ tree: SourceTree; bundle: Omit<CageBundle, "at"> }> => {
  const packed = await artifacts.get(key);
  if (!packed)
    throw new Failure(
      "ArtifactMissing",
      key,
      `${key} is not in the artifact store any more; refresh the Application to fetch its sources again`,
    );
  return { tree: sourceTree(unpackBundle(packed)), bundle: { key, packed } };
};
