import * as z from "zod/mini";
import type { CageRequest } from "../../ports/cage.ts";
import { notDone } from "./answer.ts";

/** What render and the cage's Lambda function say to each other: JSON of at most 6 MB, so large bundles and outputs go by URLs that render has signed. */
const Bundle = z.object({ at: z.string(), key: z.string(), inline: z.optional(z.string()), url: z.optional(z.string()) });
const Payload = z.object({
  tenant: z.string(),
  tool: z.enum(["kustomize", "helm"]),
  arguments: z.array(z.string()),
  folder: z.string(),
  bundles: z.array(Bundle),
  files: z.array(z.object({ path: z.string(), text: z.string() })),
  limits: z.object({ seconds: z.number(), outputBytes: z.number() }),
  /** Where output goes that does not fit into the reply. */
  outputUrl: z.string(),
});
export type CagePayload = z.infer<typeof Payload>;

export const parsePayload = (event: unknown): CagePayload => Payload.parse(event);

const Reply = z.discriminatedUnion("state", [
  ...notDone,
  z.object({ state: z.literal("done"), output: z.string() }),
  /** The output lies at `outputUrl`. */
  z.object({ state: z.literal("stored") }),
]);
export type CageReply = z.infer<typeof Reply>;

export const parseReply = (reply: unknown): CageReply => Reply.parse(reply);

/** Of 6 MB in each direction, with room for what Base64 and JSON escapes add. */
export const mostInline = 3_500_000;

export interface PayloadUrls {
  toGet(key: string): Promise<string>;
  readonly outputUrl: string;
}

export const payloadOf = async (request: CageRequest, { toGet, outputUrl }: PayloadUrls): Promise<CagePayload> => {
  const packed = request.bundles.reduce((sum, bundle) => sum + bundle.packed.length, 0);
  const bundles = request.bundles.map(async (bundle) => ({
    at: bundle.at,
    key: bundle.key,
    ...(packed <= mostInline ? { inline: Buffer.from(bundle.packed).toString("base64") } : { url: await toGet(bundle.key) }),
  }));
  return {
    ...request,
    arguments: [...request.arguments],
    files: request.files.map((file) => ({ ...file })),
    bundles: await Promise.all(bundles),
    outputUrl,
  };
};
