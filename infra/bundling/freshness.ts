import { readFile, stat, writeFile } from "node:fs/promises";
import * as z from "zod/mini";

/** What a bundle was made of: every input file with size and time of change, and the settings that made it. */
const Recorded = z.object({ settings: z.string(), bytes: z.number(), inputs: z.record(z.string(), z.string()) });
export type BundleRecord = z.infer<typeof Recorded>;

/** The record of the bundle that stands there, if every input is as it was then; undefined when it has to be made anew. */
export const freshRecord = async (file: string, settings: string): Promise<BundleRecord | undefined> => {
  const record = await readRecord(file);
  if (record?.settings !== settings) return undefined;
  const checks = Object.entries(record.inputs).map(async ([input, mark]) => (await markOf(input)) === mark);
  return (await Promise.all(checks)).every(Boolean) ? record : undefined;
};

export const writeRecord = async (file: string, settings: string, bytes: number, inputs: readonly string[]): Promise<void> => {
  const marks = await Promise.all(inputs.map(async (input) => [input, await markOf(input)] as const));
  await writeFile(file, JSON.stringify({ settings, bytes, inputs: Object.fromEntries(marks) } satisfies BundleRecord));
};

const readRecord = async (file: string): Promise<BundleRecord | undefined> => {
  try {
    const parsed = z.safeParse(Recorded, JSON.parse(await readFile(file, "utf8")));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // Absent or half written: made anew, which is always right.
    return undefined;
  }
};

const markOf = async (file: string): Promise<string> => {
  try {
    const { size, mtimeMs } = await stat(file);
    return `${size}:${mtimeMs}`;
  } catch {
    return "gone";
  }
};
