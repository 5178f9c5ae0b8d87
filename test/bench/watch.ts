import { get } from "node:https";
import * as z from "zod/mini";
import type { ApiAccess } from "../../infra/local/control-plane/api.ts";

/** What a watch of ConfigMaps saw: when each first had which `data.value`. */
export interface ConfigMapWatch {
  /** Answers when so many ConfigMaps have had this value: the first one's time and the last one's, ms since 1970. */
  reached(value: string, count: number, seconds: number): Promise<{ readonly first: number; readonly last: number }>;
  stop(): void;
}

const Event = z.object({
  object: z.object({
    metadata: z.object({ name: z.string(), namespace: z.optional(z.string()) }),
    data: z.optional(z.record(z.string(), z.string())),
  }),
});

/** Watches all ConfigMaps that carry the label `bench`. */
export const watchConfigMaps = async ({ server, ca, token }: ApiAccess): Promise<ConfigMapWatch> => {
  const seen = new Map<string, Map<string, number>>();
  let changed = () => {};
  const note = (line: string): void => {
    const { metadata, data } = Event.parse(JSON.parse(line)).object;
    const value = data?.value ?? "";
    const times = seen.get(value) ?? new Map<string, number>();
    seen.set(value, times);
    const object = `${metadata.namespace}/${metadata.name}`;
    if (times.has(object)) return;
    times.set(object, Date.now());
    changed();
  };
  const path = new URL("/api/v1/configmaps?watch=1&labelSelector=bench&timeoutSeconds=3600", server);
  const request = get(path, { ca, headers: { authorization: `Bearer ${token}` }, agent: false });
  await new Promise<void>((resolve, reject) => {
    request.once("error", reject);
    request.once("response", (answer) => {
      let rest = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => {
        const lines = `${rest}${chunk}`.split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) note(line);
      });
      answer.on("error", () => {});
      resolve();
    });
  });
  return {
    reached: (value, count, seconds) =>
      new Promise((resolve, reject) => {
        const late = () => reject(new Error(`${seen.get(value)?.size ?? 0} of ${count} ConfigMaps have ${value} after ${seconds} s`));
        const timer = setTimeout(late, seconds * 1000);
        changed = () => {
          const times = [...(seen.get(value)?.values() ?? [])];
          if (times.length < count) return;
          clearTimeout(timer);
          changed = () => {};
          resolve({ first: Math.min(...times), last: Math.max(...times) });
        };
        changed();
      }),
    stop: () => request.destroy(),
  };
};
