import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from "node:http2";
import { ConnectionBroken } from "./broken.ts";
import type { RawStream } from "./connection.ts";

/** The head of an answer that goes on, and its bytes as they come. A server that is there sends a bookmark every minute. */
export const openStream = async (stream: ClientHttp2Stream, silenceMs: number, stop: AbortSignal): Promise<RawStream> => {
  const cancel = () => {
    if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL);
  };
  stop.addEventListener("abort", cancel, { once: true });
  stream.setTimeout(silenceMs, () => stream.destroy(new ConnectionBroken(`nothing came for ${Math.round(silenceMs / 1000)} s`)));
  // Between the head and the first read nobody listens yet; the reader sees the error itself.
  stream.on("error", () => {});
  const headers = await new Promise<IncomingHttpHeaders>((resolve, reject) => {
    const broken = () => reject(new ConnectionBroken("the connection closed before an answer came"));
    stream.once("response", resolve);
    stream.once("error", (cause) => reject(new ConnectionBroken("the connection broke", { cause })));
    stream.once("close", broken);
    if (stop.aborted) cancel();
  });
  return {
    status: Number(headers[":status"] ?? 0),
    contentType: headers["content-type"] ?? "",
    retryAfter: headers["retry-after"],
    chunks: chunksOf(stream, stop, cancel),
  };
};

async function* chunksOf(stream: ClientHttp2Stream, stop: AbortSignal, cancel: () => void): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) yield chunk;
  } catch (error) {
    if (!stop.aborted) throw new ConnectionBroken("the connection broke", { cause: error });
  } finally {
    stop.removeEventListener("abort", cancel);
    cancel();
  }
}
