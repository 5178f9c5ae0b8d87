/**
 * Runs the functions' bundles on one machine and hands them nothing but the HTTP, queue and schedule events that Lambda would. Each function
 * is a process of its own with its own environment, so that it can be killed, runs out of memory or hangs alone. Unlike on Lambda, the
 * invocations of one function share its process: seven processes instead of seventy.
 */
import { join } from "node:path";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { JsonObject } from "../../../shared/model/json.ts";
import { type FunctionName, type FunctionShape, functions, type QueueName } from "../../topology.ts";
import { type FunctionProcess, functionProcess } from "./function-process.ts";
import { startGateway } from "./http-gateway.ts";
import { startPoller } from "./queue-poller.ts";

export type HostedFunction = Exclude<FunctionName, "cage">;

export interface HostSettings {
  /** Folder with `<function>/index.mjs`. */
  readonly bundles: string;
  /** All but the cage without it. */
  readonly functions?: readonly HostedFunction[];
  readonly environmentOf: (name: HostedFunction) => Readonly<Record<string, string>>;
  readonly queueUrl: (queue: QueueName) => string;
  /** Where SQS is; credentials mean nothing there. */
  readonly sqs: { readonly endpoint: string; readonly region: string };
  /** For HTTP; 0 takes any that is free. */
  readonly port: number;
  /** Processes of a function where it is more than one: invocations go to them in turn. */
  readonly workers?: Readonly<Partial<Record<HostedFunction, number>>>;
  /** Seconds between the events of a schedule, by their name, where they differ from the topology's. */
  readonly every?: Readonly<Record<string, number>>;
  /** One call per line that a function writes, and for what goes wrong around it. */
  readonly onLine: (name: HostedFunction, line: JsonObject) => void;
}

export interface LambdaHost {
  /** Of the HTTP functions. */
  readonly url: string;
  /** Calls a function as a schedule or a person would. */
  invoke(name: HostedFunction, event: unknown): Promise<unknown>;
  /** A crash: SIGKILL of one of its processes; the next event starts it anew. */
  kill(name: HostedFunction): void;
  /** Takes no more events, waits until what is under way has ended (at most `graceSeconds`, 10 by default), then ends the processes. */
  stop(graceSeconds?: number): Promise<void>;
}

const all: readonly HostedFunction[] = ["webhook", "fetch", "render", "sync", "scan", "notify"];

export const startLambdaHost = async (settings: HostSettings): Promise<LambdaHost> => {
  const { queueUrl, onLine, functions: hosted = all } = settings;
  const trouble = (name: HostedFunction) => (error: unknown) =>
    onLine(name, { level: "error", event: "host", function: name, text: error instanceof Error ? error.message : String(error) });
  const processes = new Map(hosted.map((name) => [name, workersOf(name, settings)] as const));
  const turns = new Map<HostedFunction, number>();
  const invoke = async (name: HostedFunction, event: unknown): Promise<unknown> => {
    const workers = processes.get(name) ?? [];
    const turn = turns.get(name) ?? 0;
    turns.set(name, turn + 1);
    const target = workers[turn % workers.length];
    if (!target) throw new Error(`there is no function ${name}`);
    return await target.invoke(event);
  };
  const stopProcesses = () => Promise.all([...processes.values()].flat().map((each) => each.stop()));
  await Promise.all([...processes.values()].flat().map((each) => each.warm())).catch(async (error: unknown) => {
    await stopProcesses();
    throw error;
  });

  const sqs = new SQSClient({
    ...settings.sqs,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    requestHandler: { httpAgent: { maxSockets: 64 } },
  });
  const wakers = hosted.map((name) => ({ name, ...wakerOf(name) }));
  const gateway = await startGateway(
    wakers.flatMap(({ name, wokenBy }) =>
      wokenBy.kind === "http" ? wokenBy.paths.map((path) => ({ path, invoke: (event: unknown) => invoke(name, event) })) : [],
    ),
    settings.port,
    trouble("webhook"),
  );
  const pollers = wakers.flatMap(({ name, wokenBy }) => {
    if (wokenBy.kind !== "queue") return [];
    const { queue, batch, inFlight } = wokenBy;
    const client = { client: sqs, url: queueUrl(queue), batch, inFlight: inFlight.here };
    return [startPoller({ ...client, invoke: (event) => invoke(name, event), onTrouble: trouble(name) })];
  });
  const timers = wakers.flatMap(({ name, wokenBy }) =>
    wokenBy.kind === "schedule"
      ? wokenBy.events.map(({ scan, every }) =>
          setInterval(() => void invoke(name, { scan }).catch(trouble(name)), (settings.every?.[scan] ?? every) * 1_000),
        )
      : [],
  );

  return {
    url: gateway.url,
    invoke,
    kill: (name) => processes.get(name)?.[0]?.kill(),
    stop: async (graceSeconds = 10) => {
      for (const timer of timers) clearInterval(timer);
      const quiet = Promise.all([gateway.stop(), ...pollers.map((poller) => poller.stop())]);
      let grace: NodeJS.Timeout | undefined;
      await Promise.race([quiet, new Promise((resolve) => (grace = setTimeout(resolve, graceSeconds * 1_000)))]);
      clearTimeout(grace);
      await stopProcesses();
      sqs.destroy();
    },
  };
};

const wakerOf = (name: HostedFunction): FunctionShape => functions[name];

const workersOf = (name: HostedFunction, settings: HostSettings): readonly FunctionProcess[] =>
  Array.from({ length: settings.workers?.[name] ?? 1 }, () => processOf(name, settings));

const processOf = (name: HostedFunction, { bundles, environmentOf, onLine }: HostSettings): FunctionProcess =>
  functionProcess({
    name,
    bundle: join(bundles, name, "index.mjs"),
    environment: environmentOf(name),
    timeout: functions[name].timeout,
    onLine: (line) => onLine(name, line),
  });
