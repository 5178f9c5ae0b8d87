import type { Readable, Writable } from "node:stream";
import type { CageAnswer, CageRequest } from "../../ports/cage.ts";
import { encodeFrame, type Frame, frameReader } from "./frames.ts";
import type { RoomOptions } from "./room.ts";

/** A request without its bundles' bytes, which follow in the frame one after the other. */
interface RequestHeader {
  readonly id: number;
  readonly request: Omit<CageRequest, "bundles">;
  readonly bundles: readonly { readonly at: string; readonly key: string; readonly size: number }[];
}

/** Output comes as the frame's bytes; a JSON string of it would be escaped and parsed for nothing. */
interface AnswerHeader {
  readonly id: number;
  readonly answer: Exclude<CageAnswer, { state: "done" }> | { readonly state: "done" };
}

/** The cage itself could not work: a full disk, a tool that cannot be started. Nothing is said about the request. */
export interface TroubleHeader {
  readonly id: number;
  readonly trouble: string;
}

/** Says that the program has started and may be asked. */
const readyHeader = { ready: true } as const;

/**
 * The cage's side of the pipe: answers requests, several at a time, until the input ends. The peer is the adapter that started this very
 * program, so the shape of its frames is trusted.
 */
export const serveStdio = (handle: (request: CageRequest) => Promise<CageAnswer>, input: Readable, output: Writable): Promise<void> =>
  new Promise((ended) => {
    const send = (header: object, bytes: readonly Uint8Array[] = []): void => {
      for (const part of encodeFrame(header, bytes)) output.write(part);
    };
    const answerTo = async (frame: Frame): Promise<void> => {
      const { id, request } = decodeRequest(frame);
      try {
        const answer = await handle(request);
        if (answer.state === "done") send({ id, answer: { state: "done" } } satisfies AnswerHeader, [Buffer.from(answer.output)]);
        else send({ id, answer } satisfies AnswerHeader);
      } catch (error) {
        send({ id, trouble: error instanceof Error ? error.message : String(error) } satisfies TroubleHeader);
      }
    };
    input.on(
      "data",
      frameReader((frame) => void answerTo(frame)),
    );
    input.on("end", ended);
    input.on("error", () => ended());
    send(readyHeader);
  });

export const encodeRequest = (id: number, { bundles, ...request }: CageRequest): readonly Uint8Array[] => {
  const header: RequestHeader = { id, request, bundles: bundles.map(({ at, key, packed }) => ({ at, key, size: packed.length })) };
  return encodeFrame(
    header,
    bundles.map(({ packed }) => packed),
  );
};

const decodeRequest = ({ header, bytes }: Frame): { readonly id: number; readonly request: CageRequest } => {
  const { id, request, bundles } = header as RequestHeader;
  let offset = 0;
  const packed = bundles.map(({ at, key, size }) => {
    const start = offset;
    offset += size;
    return { at, key, packed: bytes.subarray(start, offset) };
  });
  return { id, request: { ...request, bundles: packed } };
};

/** First argument of the program when it is to serve a pipe; the second is the room's settings as JSON. */
export const serveFlag = "--serve";

export const settingsOf = (argv: readonly string[]): RoomOptions => JSON.parse(argv[3] ?? "");
