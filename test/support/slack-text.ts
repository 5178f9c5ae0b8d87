import type { SlackMessage } from "../../shared/ports/slack.ts";

/** All the text of a message in order, a line per block or element. */
export const textOf = ({ blocks }: SlackMessage): string =>
  blocks
    .flatMap((block) => {
      if (block.type === "section") return block.text.text;
      if (block.type === "context") return block.elements.map(({ text }) => text).join(" · ");
      return block.elements[0].elements[0].text;
    })
    .join("\n");
