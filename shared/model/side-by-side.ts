/**
 * Work on each, at most `width` at once; answers in the order of `all`. After a throw nothing more is begun, and the throw is passed on only when
 * all that was under way has ended: nothing of ours still runs when the caller gives a lease back, or answers. Once `mayBegin` says no nothing more
 * is begun either, and the answers are those of the first ones.
 */
export const sideBySide = async <T, R>(
  all: readonly T[],
  width: number,
  work: (one: T) => Promise<R>,
  mayBegin: () => boolean = () => true,
): Promise<readonly R[]> => {
  const answers = new Map<number, R>();
  const waiting = all.entries();
  let broken = false;
  const worker = async (): Promise<void> => {
    for (const [index, one] of waiting) {
      if (broken || !mayBegin()) return;
      try {
        answers.set(index, await work(one));
      } catch (error) {
        broken = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(width, all.length) }, worker));
  const failed = ended.find((each) => each.status === "rejected");
  if (failed) throw failed.reason;
  return [...answers].toSorted(([a], [b]) => a - b).map(([, answer]) => answer);
};
