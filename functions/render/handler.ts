import type { RenderWorld } from "../../shared/render/ports.ts";
import { renderInput } from "../../shared/render/render-input.ts";
import { RenderMessage } from "../../shared/state/messages.ts";
import { type BatchHandler, type BatchWorld, batchOf } from "../batch.ts";

export const renderHandler = (world: RenderWorld & BatchWorld): BatchHandler =>
  batchOf(RenderMessage, world, (message) => renderInput(message, world));
