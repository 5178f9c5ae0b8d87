/** The exact bytes of a request, never holding more than `limit` of them: what the length header claims is only the first check. */
export const readBody = async (request: Request, limit: number): Promise<Uint8Array | "too large" | "broken off"> => {
  if (Number(request.headers.get("content-length") ?? 0) > limit) return "too large";
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body) {
      size += chunk.length;
      // Leaving the loop cancels the stream.
      if (size > limit) return "too large";
      chunks.push(chunk);
    }
  } catch {
    return "broken off";
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
};
