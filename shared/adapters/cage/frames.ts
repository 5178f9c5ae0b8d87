/**
 * How the two sides of a cage on one machine talk over a pipe: frames of a JSON header and the bytes it speaks of.
 * A frame is the header's length (4 bytes), the bytes' length (4 bytes), header, bytes.
 */
export interface Frame {
  readonly header: unknown;
  readonly bytes: Uint8Array;
}

/** No bundle that fetch lets through comes near; a broken peer must not make us buffer for ever. */
const maxFrameBytes = 512 * 1024 * 1024;

export const encodeFrame = (header: object, bytes: readonly Uint8Array[] = []): readonly Uint8Array[] => {
  const text = Buffer.from(JSON.stringify(header));
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32BE(text.length, 0);
  lengths.writeUInt32BE(
    bytes.reduce((sum, part) => sum + part.length, 0),
    4,
  );
  return [lengths, text, ...bytes];
};

/** Feed it chunks in order; it calls back once per complete frame. Throws on a frame that is too large. */
export const frameReader = (onFrame: (frame: Frame) => void): ((chunk: Buffer) => void) => {
  let chunks: Buffer[] = [];
  let held = 0;
  let wanted = 8;
  return (chunk) => {
    chunks.push(chunk);
    held += chunk.length;
    while (held >= wanted) {
      const buffer = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
      const headerLength = buffer.readUInt32BE(0);
      const end = 8 + headerLength + buffer.readUInt32BE(4);
      if (end > maxFrameBytes) throw new Error(`a frame of ${end} bytes is larger than ${maxFrameBytes}`);
      if (held < end) {
        chunks = [buffer];
        wanted = end;
        return;
      }
      const header: unknown = JSON.parse(buffer.toString("utf8", 8, 8 + headerLength));
      const rest = buffer.subarray(end);
      chunks = rest.length > 0 ? [rest] : [];
      held = rest.length;
      wanted = 8;
      onFrame({ header, bytes: buffer.subarray(8 + headerLength, end) });
    }
  };
};
