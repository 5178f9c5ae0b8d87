import { parentPort, workerData } from "node:worker_threads";
import { runCampaign } from "./campaign.ts";
import type { FromPart, Part } from "./many-cores.ts";

// A thread of `npm run simulate -- --cores N`.
const tell = (message: FromPart): void => parentPort?.postMessage(message);
const part: Part = workerData;

tell({ kind: "end", campaign: await runCampaign({ ...part, onSchedule: (_, failed) => tell({ kind: "done", failed }) }) });
