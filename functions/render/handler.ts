import type { RenderWorld } from "../../shared/render/ports.ts";
import { renderInput } from "../../shared/render/render-input.ts";
import { RenderMessage } from "../../shared/state/messages.ts";
import { type BatchHandler, batchOf } from "../batch.ts";

export const renderHandler = (world: RenderWorld): BatchHandler =>
  batchOf(RenderMessage, world.journal, (message) => renderInput(message, world));
