/** Runs at most `size` jobs at a time, the others in the order they came. */
export const queueOf = (size: number): (<T>(job: () => Promise<T>) => Promise<T>) => {
  let free = size;
  const waiting: (() => void)[] = [];
  return async (job) => {
    if (free === 0) await new Promise<void>((go) => waiting.push(go));
    else free--;
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
};
