import { webhookApp } from "../../functions/webhook/app.ts";
import { type Connection, defaultBodyBytes } from "../../shared/model/connection.ts";
import type { PushMessage } from "../../shared/state/messages.ts";
import { wantRef } from "../../shared/state/refs.ts";
import { memoryQueue } from "../fakes/memory-queue.ts";
import { memorySecrets } from "../fakes/memory-secrets.ts";
import { memoryTable } from "../fakes/memory-table.ts";
import { githubHeaders, githubPayloads, githubSecret } from "../support/payloads/github.ts";
import type { BenchResult } from "./result.ts";

const rounds = 9;
const pushesPerRound = 4_000;
const inFlight = 64;
const goal = 5_000;

const connection: Connection = { name: "bench", provider: "github", secret: "webhooks/bench", repositories: ["github.com/acme/*"] };

/** Signed pushes through the whole app, from request to recorded ref and sent hint, each to a repository of its own. Signing is not timed. */
export const webhook = async (): Promise<readonly BenchResult[]> => {
  const rates: number[] = [];
  await round(-1); // warms the code up, is not counted
  for (let at = 0; at < rounds; at++) rates.push(await round(at));
  const sorted = rates.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  // A rate is bad when it is low: the 95th percentile is the rate that 95 % of the rounds reach.
  const ours = { median: at(0.5), p95: at(0.05), min: at(0), max: at(1) };
  return [
    {
      name: "webhook",
      unit: "verified pushes/s on memory ports",
      ours,
      others: {},
      goals: [{ text: `≥ ${goal} verified pushes/s`, measured: ours.median, met: ours.median >= goal }],
    },
  ];
};

const round = async (number: number): Promise<number> => {
  const table = memoryTable();
  const pushes = memoryQueue<PushMessage>();
  const app = webhookApp(
    {
      connections: { find: async (path) => (path === connection.name ? connection : undefined) },
      secrets: memorySecrets({ [connection.secret]: { value: githubSecret } }),
      refs: { want: (push) => wantRef(table, push) },
      pushes,
      clock: { now: () => Date.now() },
      journal: { tell: () => {} },
    },
    { maxBodyBytes: defaultBodyBytes },
  );
  const requests = Array.from({ length: pushesPerRound }, (_, at) => signedPush(`${number}-${at}`));

  const start = performance.now();
  const next = requests.values();
  const sender = async () => {
    for (const request of next) await expectAccepted(await app.fetch(request));
  };
  await Promise.all(Array.from({ length: inFlight }, sender));
  const seconds = (performance.now() - start) / 1000;

  if (pushes.sent.length !== pushesPerRound) throw new Error(`${pushes.sent.length} hints for ${pushesPerRound} pushes`);
  return pushesPerRound / seconds;
};

const signedPush = (name: string): Request => {
  const body = JSON.stringify(githubPayloads.push).replaceAll("acme/web", `acme/web-${name}`);
  const headers = githubHeaders(body, { "X-GitHub-Delivery": `delivery-${name}` });
  return new Request(`http://localhost/hooks/${connection.name}`, { method: "POST", headers, body });
};

const expectAccepted = async (answer: Response): Promise<void> => {
  if (answer.status !== 202) throw new Error(`${answer.status} ${await answer.text()}`);
};
