/**
 * A thread that evaluates jq programs one after the other; whoever waits for it gives up after a while and ends it. People's expressions run
 * in WebAssembly without files, network or environment, and get so much memory and no more.
 */
import { createRequire } from "node:module";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { JqWeb } from "jq-web";
import { mostMegabytes, Question, type Reply } from "./evaluation.ts";

const { signal, answers }: { readonly signal: Int32Array; readonly answers: MessagePort } = workerData;

const grow = WebAssembly.Memory.prototype.grow;
WebAssembly.Memory.prototype.grow = function (pages: number): number {
  if (this.buffer.byteLength + pages * 65_536 > mostMegabytes * 1024 * 1024) throw new RangeError("memory limit");
  return grow.call(this, pages);
};

// What an expression prints besides its answer (`debug`) would end up in our log.
for (const print of ["log", "warn", "error"] as const) console[print] = () => undefined;

// The package is one promise of a CommonJS module that looks for its .wasm file beside itself.
const jq: JqWeb = await createRequire(import.meta.url)("jq-web");

const evaluate = ({ program, json }: { readonly program: string; readonly json: string }): Reply => {
  try {
    return { printed: jq.raw(json, program, ["-c"]) ?? "" };
  } catch (error) {
    return { complaint: error instanceof Error ? error.message : String(error) };
  }
};

const tell = (reply: Reply): void => {
  answers.postMessage(reply);
  Atomics.add(signal, 0, 1);
  Atomics.notify(signal, 0);
};

parentPort?.on("message", (question: unknown) => tell(evaluate(Question.parse(question))));
// Loaded and compiled: from here on the time limit counts.
tell({ printed: "ready" });
