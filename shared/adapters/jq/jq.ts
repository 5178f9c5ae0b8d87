import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { digestOf } from "../../model/digest.ts";
import type { Json } from "../../model/json.ts";
import type { Jq, JqAnswer } from "../../ports/jq.ts";
import { answerOf, pathProgram, Reply } from "./evaluation.ts";

export interface JqLimits {
  /** Of computing for one evaluation; Argo CD's default. Where the machine is busy with others it may take some times as long. */
  readonly milliseconds: number;
  /** Of the document as JSON; etcd takes no object beyond 1.5 MB. */
  readonly bytes: number;
  readonly expressionLength: number;
}

const usualLimits: JqLimits = { milliseconds: 1_000, bytes: 4 * 1024 * 1024, expressionLength: 4_096 };

/** Loading and compiling on a cold, slow machine. */
const startLimit = 20_000;

/** The real jq, in one thread that is started when it is first needed and stays warm. */
export interface OpenJq extends Jq {
  close(): Promise<void>;
}

export const openJq = (limits: JqLimits = usualLimits): OpenJq => {
  let thread: JqThread | undefined;
  const evaluate = (program: string, json: string): JqAnswer => {
    thread ??= startThread();
    const reply = thread.ask(program, json, limits.milliseconds);
    if (reply !== undefined) return answerOf(reply);
    void thread.end();
    thread = undefined;
    return { state: "over limit", message: `it takes longer than ${limits.milliseconds} ms` };
  };
  const known = new Map<string, JqAnswer>();
  return {
    paths(expression, document: Json) {
      const json = JSON.stringify(document);
      if (expression.length > limits.expressionLength) return tooLong(`the expression has more than ${limits.expressionLength} characters`);
      if (json.length > limits.bytes) return tooLong(`the object is larger than ${limits.bytes / 1024} kB`);
      const name = digestOf(`${expression}\n${json}`);
      const answer = known.get(name) ?? evaluate(pathProgram(expression), json);
      if (known.size >= mostKnown) known.clear();
      known.set(name, answer);
      return answer;
    },
    close: async () => {
      const ended = thread?.end();
      thread = undefined;
      await ended;
    },
  };
};

/** Evaluations remembered; a few hundred bytes each. What is too slow is waited for once. */
const mostKnown = 5_000;

const tooLong = (message: string): JqAnswer => ({ state: "over limit", message });

interface JqThread {
  /** undefined when there was no answer in time: the thread is of no use any more. */
  ask(program: string, json: string, milliseconds: number): Reply | undefined;
  end(): Promise<unknown>;
}

/** Bundled, the worker is a module beside this one. */
const workerFile = new URL(import.meta.url.endsWith(".ts") ? "./jq-worker.ts" : "./jq-worker.mjs", import.meta.url);

const startThread = (): JqThread => {
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const { port1: inbox, port2: answers } = new MessageChannel();
  const worker = new Worker(workerFile, {
    workerData: { signal, answers },
    transferList: [answers],
    env: {},
  });
  worker.unref();
  inbox.unref();
  worker.on("error", () => undefined);
  let replies = 0;
  const next = (milliseconds: number): Reply | undefined => {
    const before = computed();
    for (let rounds = 0; rounds < mostRounds && Atomics.load(signal, 0) === replies; rounds++) {
      Atomics.wait(signal, 0, replies, milliseconds);
      if (computed() - before > milliseconds * 0.8) break;
    }
    replies += 1;
    return received(inbox);
  };
  if (next(startLimit) === undefined) throw new Error("jq did not start; its files belong to the bundle");
  return {
    ask(program, json, milliseconds) {
      worker.postMessage({ program, json });
      return next(milliseconds);
    },
    end: () => worker.terminate(),
  };
};

/** Time limits over again that a thread is waited for which gets no processor. */
const mostRounds = 5;

/** Milliseconds that this process has computed: while we wait, the thread does. */
const computed = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

const received = (inbox: MessagePort): Reply | undefined => {
  const envelope = receiveMessageOnPort(inbox);
  return envelope && Reply.parse(envelope.message);
};
