import { z } from "zod";

/** Text objects: `emoji` goes with plain text only, `verbatim` with mrkdwn only. https://docs.slack.dev/reference/block-kit/composition-objects/text-object */
const textUpTo = (length: number) => {
  const text = z.string().min(1).max(length);
  return z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("plain_text"), text, emoji: z.boolean().optional() }),
    z.strictObject({ type: z.literal("mrkdwn"), text, verbatim: z.boolean().optional() }),
  ]);
};

const plainUpTo = (length: number) =>
  z.strictObject({ type: z.literal("plain_text"), text: z.string().min(1).max(length), emoji: z.boolean().optional() });

const richText = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text: z.string().min(1) }),
  z.object({ type: z.literal("link"), url: z.url(), text: z.string().optional() }),
]);

const block_id = z.string().max(255).optional();

/** The blocks that messages of ours could use, with the limits that Slack documents: https://docs.slack.dev/reference/block-kit/blocks */
const block = z.discriminatedUnion("type", [
  z
    .strictObject({
      type: z.literal("section"),
      block_id,
      text: textUpTo(3_000).optional(),
      fields: z.array(textUpTo(2_000)).min(1).max(10).optional(),
    })
    .refine(({ text, fields }) => text !== undefined || fields !== undefined),
  z.strictObject({ type: z.literal("context"), block_id, elements: z.array(textUpTo(3_000)).min(1).max(10) }),
  z.strictObject({ type: z.literal("header"), block_id, text: plainUpTo(150) }),
  z.strictObject({ type: z.literal("divider"), block_id }),
  z.strictObject({
    type: z.literal("rich_text"),
    block_id,
    elements: z
      .array(
        z.object({ type: z.enum(["rich_text_section", "rich_text_preformatted", "rich_text_quote"]), elements: z.array(richText).min(1) }),
      )
      .min(1),
  }),
]);
export type Block = z.infer<typeof block>;

const Body = z.object({ text: z.string().optional(), blocks: z.array(z.unknown()).optional() });

export type Checked = { readonly text: string; readonly blocks: readonly Block[] } | { readonly error: string };

/** Undocumented, reported for `chat.postMessage`: all blocks together, as JSON. */
const allBlocks = 13_200;

/** What Slack would say of a message's content, in Slack's own error words. */
export const checkMessage = (body: unknown): Checked => {
  const parsed = Body.safeParse(body);
  if (!parsed.success) return { error: "invalid_arguments" };
  const { text = "", blocks = [] } = parsed.data;
  if (text === "" && blocks.length === 0) return { error: "no_text" };
  if (text.length > 40_000) return { error: "msg_too_long" };
  if (blocks.length > 50) return { error: "invalid_blocks" };
  const checked = z.array(block).safeParse(blocks);
  if (!checked.success) return { error: "invalid_blocks" };
  if (blocks.length > 0 && JSON.stringify(blocks).length > allBlocks) return { error: "msg_blocks_too_long" };
  return { text, blocks: checked.data };
};
