import { digestOf } from "../model/digest.ts";
import type { Delivery } from "./delivery.ts";

/**
 * The provider's own id where it sends a sane one, else the body's digest: the same delivery again has the same id either way. Most
 * providers do not sign it, so it may only ever make a delivery count as a repeat, never as genuine.
 */
export const deliveryIdOf = (delivery: Delivery, ...headers: readonly string[]): string => {
  for (const name of headers) {
    const id = delivery.header(name);
    if (id !== undefined && /^[\w{}.:-]{1,80}$/.test(id)) return id;
  }
  return `sha256:${digestOf(delivery.body)}`;
};
