/**
 * Gathers what is asked for during one turn of the event loop and does it at once: the messages of a batch run side by side and ask for
 * the same kinds of things at the same moments. Every asker gets the answer of the whole, or its error.
 */
export const gather = <Asked, Answer>(work: (asked: readonly Asked[]) => Promise<Answer>): ((asked: Asked) => Promise<Answer>) => {
  let open: { readonly asked: Asked[]; readonly answer: Promise<Answer> } | undefined;
  return (asked) => {
    if (open === undefined) {
      const gathered: Asked[] = [];
      const answer = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        open = undefined;
        return work(gathered);
      });
      open = { asked: gathered, answer };
    }
    open.asked.push(asked);
    return open.answer;
  };
};
