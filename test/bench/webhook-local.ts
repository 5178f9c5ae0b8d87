import { Agent, request } from "node:http";
import { githubHeaders, type WebhookTarget } from "../../infra/local/git-host/webhook.ts";
import { githubPayloads } from "../support/payloads/github.ts";
import { applicationFile, fourObjects } from "./fleet.ts";
import { type BenchResult, goal, spreadOf } from "./result.ts";
import { startBenchStack } from "./stack.ts";

const rounds = 5;
const pushesPerRound = 1_000;
const inFlight = 32;

/** Signed pushes over HTTP through the gateway, each to a repository of its own, while the other functions work off what comes of them. */
export const webhookLocal = async (): Promise<readonly BenchResult[]> => {
  const stack = await startBenchStack({ ...applicationFile("web", "web"), ...fourObjects("web", "begin") });
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  try {
    await round(-1, stack.webhook, agent);
    const rates: number[] = [];
    for (let at = 0; at < rounds; at++) rates.push(await round(at, stack.webhook, agent));
    const { median, min, max } = spreadOf(rates);
    // A rate is bad when it is low: the 95th percentile is the rate that 95 % of the rounds reach.
    const ours = { median, min, max, p95: min };
    const goals = [goal("≥ 300 verified pushes/s", median, median >= 300)];
    return [{ name: "webhook-local", unit: "verified pushes/s on the local stack", ours, others: {}, goals }];
  } finally {
    agent.destroy();
    await stack.stop();
  }
};

const round = async (number: number, target: WebhookTarget, agent: Agent): Promise<number> => {
  const bodies = Array.from({ length: pushesPerRound }, (_, at) =>
    JSON.stringify(githubPayloads.push).replaceAll("github.com/acme/web", `git.example.com/bench/web-${number}-${at}`),
  );
  const signed = bodies.map((body) => ({ body, headers: githubHeaders(body, target.secret, "push") }));
  const start = performance.now();
  const next = signed.values();
  const sender = async () => {
    for (const { body, headers } of next) await deliver(target.url, body, headers, agent);
  };
  await Promise.all(Array.from({ length: inFlight }, sender));
  return (pushesPerRound * 1000) / (performance.now() - start);
};

const deliver = (url: string, body: string, headers: Readonly<Record<string, string>>, agent: Agent): Promise<void> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", headers, agent }, (answer) => {
      answer.resume();
      answer.once("end", () => (answer.statusCode === 202 ? resolve() : reject(new Error(`the webhook answered ${answer.statusCode}`))));
    });
    sent.once("error", reject);
    sent.end(body);
  });
