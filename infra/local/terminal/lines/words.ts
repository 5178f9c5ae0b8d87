/** One line of text from a commit, a cluster or a program: nothing in it moves the cursor or hides the rest. */
export const clean = (text: string, length = 240): string => {
  const visible = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .replace(/\p{Cf}/gu, "")
    .trim();
  return visible.length > length ? `${visible.slice(0, length - 1)}…` : visible;
};

/** `1 object`, `2 objects`. */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** `a, b, c and 4 more`; `total` where not all names are at hand. */
export const listed = (names: readonly string[], most: number, total = names.length): string => {
  const shown = names.slice(0, most);
  return total > shown.length ? `${shown.join(", ")} and ${total - shown.length} more` : shown.join(", ");
};

/** `main` of `refs/heads/main`, `tag v1` of `refs/tags/v1`. */
export const refName = (ref: string): string => ref.replace(/^refs\/heads\//, "").replace(/^refs\/tags\//, "tag ");

export const shortSha = (sha: string): string => (/^[0-9a-f]{40,64}$/.test(sha) ? sha.slice(0, 7) : clean(sha, 40));

/** `0.6 s after the push`; undefined where no push is the reason. */
export const afterPush = (trigger: string, seconds: number | undefined): string =>
  trigger === "push" && seconds !== undefined ? `, ${seconds.toFixed(1)} s after the push` : "";
