import { type ChildProcess, spawn } from "node:child_process";
import { Failure } from "../../model/failure.ts";
import type { CageAnswer, CageRequest } from "../../ports/cage.ts";
import { OutputApart } from "./answer.ts";
import { type Frame, frameReader } from "./frames.ts";
import { encodeRequest, type TroubleHeader } from "./stdio.ts";

export interface StartCommand {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** A running cage of one tenant. */
export interface CageProcess {
  /** Answers once; throws CageUnavailable when the program ends meanwhile. */
  ask(request: CageRequest): Promise<CageAnswer>;
  /** Whether the program has ended by itself: then a new one is to be started. */
  hasEnded(): boolean;
  /** Ends the program and waits until it is gone. */
  end(): Promise<void>;
}

interface Waiting {
  readonly answer: (answer: CageAnswer) => void;
  readonly fail: (failure: Failure) => void;
}

/** What the tool's time limit does not cover: laying files, reading output. */
const graceSeconds = 15;
/** Starting takes a tenth of a second; a machine that swaps may need longer. */
const startSeconds = 30;

/**
 * Starts a cage's program and waits until it says that it is ready.
 * @param explain Turns what it wrote to standard error before it ended into a failure for people.
 */
export const startCageProcess = async (command: StartCommand, explain: (stderr: string) => Failure): Promise<CageProcess> => {
  const child = spawn(command.program, command.arguments, { env: command.environment, stdio: ["pipe", "pipe", "pipe"] });
  const waiting = new Map<number, Waiting>();
  let stderr = "";
  let ended = false;
  let sent = 0;
  const kill = (why: string): void => {
    stderr += `\n${why}`;
    child.kill("SIGKILL");
  };

  const started = new Promise<void>((ready, fail) => {
    const timer = setTimeout(() => kill(`it did not start within ${startSeconds} s`), startSeconds * 1000);
    const onEnd = (reason: string): void => {
      clearTimeout(timer);
      ended = true;
      fail(explain(stderr || reason));
      for (const { fail: tell } of waiting.values()) tell(gone(stderr || reason));
      waiting.clear();
    };
    child.on("error", (error) => onEnd(error.message));
    child.on("close", (code, signal) => onEnd(`it ended with ${signal ?? `code ${code}`}`));
    child.stdin.on("error", (error) => kill(error.message));
    child.stderr.on("data", (chunk: Buffer) => {
      stderr = (stderr + chunk.toString("utf8")).slice(-4096);
    });
    const read = frameReader((frame) => {
      const answered = readAnswer(frame);
      if (answered === "ready") {
        clearTimeout(timer);
        ready();
        return;
      }
      const asked = waiting.get(answered.id);
      waiting.delete(answered.id);
      if ("answer" in answered) asked?.answer(answered.answer);
      else asked?.fail(inTrouble(answered.trouble));
    });
    child.stdout.on("data", (chunk: Buffer) => {
      try {
        read(chunk);
      } catch (error) {
        // Whatever it is by now, it is not our program any more.
        kill(`it answered in a language that is not ours: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
  });
  await started;

  return {
    ask: (request) => {
      if (ended) return Promise.reject(gone(stderr));
      const id = ++sent;
      const answer = new Promise<CageAnswer>((resolve, reject) => waiting.set(id, { answer: resolve, fail: reject }));
      for (const part of encodeRequest(id, request)) child.stdin.write(part);
      const timer = setTimeout(() => kill("it did not answer in time"), (request.limits.seconds + graceSeconds) * 1000);
      return answer.finally(() => clearTimeout(timer));
    },
    hasEnded: () => ended,
    end: () => endOf(child),
  };
};

const gone = (detail: string): Failure =>
  new Failure(
    "CageUnavailable",
    "cage",
    `The cage that runs Helm and Kustomize ended while it worked (${detail.trim().slice(-300)}); it is started again`,
  );

const inTrouble = (detail: string): Failure =>
  new Failure(
    "CageUnavailable",
    "cage",
    `The cage that runs Helm and Kustomize could not work (${detail.slice(0, 300)}); it is tried again`,
  );

type Answered = "ready" | { readonly id: number; readonly answer: CageAnswer } | TroubleHeader;

const readAnswer = ({ header, bytes }: Frame): Answered => {
  if (typeof header !== "object" || header === null) throw new Error("not a frame of ours");
  if ("ready" in header) return "ready";
  if (!("id" in header) || typeof header.id !== "number") throw new Error("not a frame of ours");
  if ("trouble" in header) return { id: header.id, trouble: String(header.trouble) };
  if (!("answer" in header)) throw new Error("not a frame of ours");
  const answer = OutputApart.parse(header.answer);
  return { id: header.id, answer: answer.state === "done" ? { state: "done", output: Buffer.from(bytes).toString("utf8") } : answer };
};

const endOf = (child: ChildProcess): Promise<void> =>
  new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) return done();
    child.once("close", () => done());
    child.kill("SIGKILL");
  });
