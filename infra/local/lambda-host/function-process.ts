import { type ChildProcess, fork } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { assertNever } from "../../../shared/model/failure.ts";
import type { JsonObject } from "../../../shared/model/json.ts";
import { eachLine } from "./lines.ts";
import { ToHost, type ToRunner } from "./wire.ts";

export interface FunctionSettings {
  readonly name: string;
  /** Path of the bundle's index.mjs. */
  readonly bundle: string;
  /** All that the process sees of the environment, besides what Lambda itself sets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Seconds an invocation may take; one that takes longer ends the process, as on Lambda, and with it what else was under way there. */
  readonly timeout: number;
  readonly onLine: (line: JsonObject) => void;
}

export interface FunctionProcess {
  /** Answers what the handler answers. Rejects with InvocationFailed when it throws, takes too long, or its process ends. */
  invoke(event: unknown): Promise<unknown>;
  /** Starts the process if there is none; answers when its handler can be called. */
  warm(): Promise<void>;
  /** SIGKILL, as a crash. The next event starts a new process. */
  kill(): void;
  /** Ends the process for good. What is under way is lost: wait for it before. */
  stop(): Promise<void>;
}

export class InvocationFailed extends Error {
  override readonly name = "InvocationFailed";
}

interface Running {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  readonly underway: Map<number, { readonly done: (result: unknown) => void; readonly failed: (error: InvocationFailed) => void }>;
}

/** Lines of a start that failed which are worth repeating. */
const mostComplaints = 12;

export const functionProcess = (settings: FunctionSettings): FunctionProcess => {
  let running: Running | undefined;
  let invocations = 0;

  const start = (): Running => {
    const started = startProcess(settings, () => {
      if (running === started) running = undefined;
    });
    running = started;
    return started;
  };

  return {
    warm: () => (running ?? start()).ready,
    invoke: async (event) => {
      const { child, ready, underway } = running ?? start();
      await ready;
      invocations += 1;
      const id = invocations;
      let overdue: NodeJS.Timeout | undefined;
      try {
        return await new Promise<unknown>((done, failed) => {
          underway.set(id, { done, failed });
          overdue = setTimeout(() => {
            failed(new InvocationFailed(`${settings.name} took longer than ${settings.timeout} s`));
            child.kill("SIGKILL");
          }, settings.timeout * 1_000);
          child.send({ id, event, deadline: Date.now() + settings.timeout * 1_000 } satisfies ToRunner, (error) => {
            if (error) failed(new InvocationFailed(`${settings.name} could not be reached: ${error.message}`));
          });
        });
      } finally {
        clearTimeout(overdue);
        underway.delete(id);
      }
    },
    kill: () => {
      running?.child.kill("SIGKILL");
    },
    stop: async () => {
      const last = running;
      if (last) await ended(last.child);
    },
  };
};

const startProcess = (settings: FunctionSettings, onEnd: () => void): Running => {
  const { name, bundle, environment, onLine } = settings;
  const underway: Running["underway"] = new Map();
  const child = fork(fileURLToPath(new URL("./runner.ts", import.meta.url)), [bundle], {
    cwd: dirname(bundle),
    env: { PATH: process.env.PATH, AWS_LAMBDA_FUNCTION_NAME: name, ...environment },
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const complaints: string[] = [];
  if (child.stdout) eachLine(child.stdout, onLine);
  if (child.stderr) {
    eachLine(child.stderr, (line) => {
      if (complaints.length < mostComplaints && typeof line.text === "string") complaints.push(line.text);
      onLine({ level: "error", event: "stderr", function: name, ...line });
    });
  }

  const ready = new Promise<void>((resolve, reject) => {
    const end = (how: string) => {
      onEnd();
      // Until it is ready, what it wrote says why it could not start: a variable or the installation file, most often.
      reject(new InvocationFailed([`the process of ${name} ended (${how})`, ...complaints].join("\n")));
      const error = new InvocationFailed(`the process of ${name} ended (${how})`);
      for (const invocation of underway.values()) invocation.failed(error);
    };
    child.once("error", (error) => end(error.message));
    // "close", not "exit": all that it wrote has been read by then.
    child.once("close", (code, signal) => end(signal ?? `exit code ${code}`));
    child.on("message", (raw) => {
      const message = ToHost.parse(raw);
      switch (message.kind) {
        case "ready":
          return resolve();
        case "done":
          return underway.get(message.id)?.done(message.result);
        case "failed":
          return underway.get(message.id)?.failed(new InvocationFailed(`${name}: ${message.error}`));
        default:
          return assertNever(message);
      }
    });
  });
  // Whoever waits sees the rejection; a process that nobody waits for must not end the host.
  ready.catch(() => undefined);
  return { child, ready, underway };
};

/** Ends a process: its channel first, so that it exits by itself, SIGKILL after a second. */
const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const force = setTimeout(() => child.kill("SIGKILL"), 1_000);
    child.once("exit", () => {
      clearTimeout(force);
      resolve();
    });
    if (child.connected) child.disconnect();
  });
