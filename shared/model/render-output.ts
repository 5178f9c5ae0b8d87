import type { RenderOutput } from "./render-input.ts";

/** Reads what render stored under `manifests/<digest>`; our own artifact, so its shape is trusted, its version is not. */
export const readRenderOutput = (bytes: Uint8Array): RenderOutput => {
  const output: RenderOutput = JSON.parse(Buffer.from(bytes).toString("utf8"));
  if (output.v !== 1) throw new Error(`render output of version ${output.v} is newer than this code`);
  return output;
};
