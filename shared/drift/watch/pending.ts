/** Applications that should be looked at, each with the objects that moved, or as a whole. */
export interface Pending {
  /** Without an object: the Application as a whole. */
  add(application: string, object?: string): void;
  /** Looked at, and not done: again after a while that grows each time. */
  postpone(application: string, objects: ReadonlySet<string> | undefined): void;
  /** Those whose time has come; they are no longer pending. */
  take(): ReadonlyMap<string, ReadonlySet<string> | undefined>;
  names(): readonly string[];
  /** Resolves when something is added that is not pending yet. */
  next(): Promise<void>;
}

const firstPause = 500;
const longestPause = 15_000;

export const pendingLooks = (now: () => number): Pending => {
  const waiting = new Map<string, { objects: Set<string> | undefined; notBefore: number }>();
  const tries = new Map<string, number>();
  let added = Promise.withResolvers<void>();

  const put = (application: string, objects: ReadonlySet<string> | undefined, notBefore: number): void => {
    const known = waiting.get(application);
    const whole = objects === undefined || (known !== undefined && known.objects === undefined);
    const all = whole ? undefined : new Set([...(known?.objects ?? []), ...objects]);
    waiting.set(application, { objects: all, notBefore: Math.min(notBefore, known?.notBefore ?? notBefore) });
  };

  return {
    add: (application, object) => {
      put(application, object === undefined ? undefined : new Set([object]), now());
      added.resolve();
      added = Promise.withResolvers<void>();
    },
    postpone: (application, objects) => {
      const count = (tries.get(application) ?? 0) + 1;
      tries.set(application, count);
      put(application, objects, now() + Math.min(longestPause, firstPause * 2 ** (count - 1)));
    },
    take: () => {
      const due = [...waiting].filter(([, { notBefore }]) => notBefore <= now());
      for (const [application] of due) waiting.delete(application);
      for (const application of tries.keys())
        if (!waiting.has(application) && !due.some(([name]) => name === application)) tries.delete(application);
      return new Map(due.map(([application, { objects }]) => [application, objects]));
    },
    names: () => [...waiting.keys()],
    next: () => added.promise,
  };
};
