import { Worker } from "node:worker_threads";
import { type Campaign, type CampaignOptions, type Failed, runCampaign } from "./campaign.ts";

/** What one of several threads is asked for: plain data only. */
export type Part = Pick<CampaignOptions, "schedules" | "seed" | "fault" | "part">;

export type FromPart =
  | { readonly kind: "done"; readonly failed: Failed | undefined }
  | { readonly kind: "end"; readonly campaign: Campaign };

/** Called after each schedule with how many are done, and with what failed in it. */
export type OnSchedule = (done: number, failed: Failed | undefined) => void;

/** The same campaign, schedule by schedule, on so many threads. */
export const runOnCores = async (cores: number, options: Omit<Part, "part">, onSchedule: OnSchedule): Promise<Campaign> => {
  let done = 0;
  const told = (failed: Failed | undefined): void => onSchedule(++done, failed);
  if (cores <= 1) return runCampaign({ ...options, onSchedule: (_, failed) => told(failed) });
  const parts = Array.from({ length: cores }, (_, rest) => onThread({ ...options, part: { of: cores, rest } }, told));
  return (await Promise.all(parts)).reduce(together);
};

const onThread = (part: Part, told: (failed: Failed | undefined) => void): Promise<Campaign> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./part.ts", import.meta.url), { workerData: part });
    worker.on("message", (message: FromPart) => (message.kind === "done" ? told(message.failed) : resolve(message.campaign)));
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new Error(`a thread of the campaign ended with ${code} and no answer`)));
  });

const together = (one: Campaign, other: Campaign): Campaign => ({
  schedules: one.schedules + other.schedules,
  failed: [...one.failed, ...other.failed],
  faults: added(one.faults, other.faults),
  crashes: added(one.crashes, other.crashes),
  calls: one.calls + other.calls,
  settled: [...one.settled, ...other.settled].toSorted((a, b) => a - b),
  worst: one.worst.settledAfter >= other.worst.settledAfter ? one.worst : other.worst,
});

type Counts = Readonly<Record<string, number>>;

const added = (one: Counts, other: Counts): Counts =>
  Object.fromEntries(
    [...new Set([...Object.keys(one), ...Object.keys(other)])].map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]),
  );
