import { randomUUID } from "node:crypto";
import { git } from "./git.ts";
import { repositoryPath } from "./repositories.ts";

/** One ref that an accepted push moved. A sha of zeros stands for "was not there" and "is not there any more". */
export interface Push {
  readonly repository: string;
  /** Full name, such as refs/heads/main. */
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  /** Who pushed: the name that was let in. */
  readonly pusher: string;
  /** The old commit is no ancestor of the new one. */
  readonly forced: boolean;
  /** New on this ref, oldest first, at most the 20 newest. */
  readonly commits: readonly PushedCommit[];
}

export interface PushedCommit {
  readonly id: string;
  readonly tree: string;
  readonly message: string;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly author: { readonly name: string; readonly email: string };
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly modified: readonly string[];
}

export const zeros = "0".repeat(40);

/**
 * Wraps receiving a push: refs are looked at before and after. Pushes to one repository follow each other, so each is told what it moved itself.
 * `onPush` is called after the pusher has been answered, once per moved ref.
 */
export function pushWatch(folder: string, onPush: (push: Push) => void) {
  const last = new Map<string, Promise<void>>();
  return (repository: string, pusher: string, receive: () => Promise<void>): Promise<void> => {
    const path = repositoryPath(folder, repository);
    const watched = async () => {
      const before = await refsOf(path);
      await receive();
      const after = await refsOf(path);
      for (const ref of [...new Set([...before.keys(), ...after.keys()])].sort()) {
        const moved = { ref, before: before.get(ref) ?? zeros, after: after.get(ref) ?? zeros };
        if (moved.before !== moved.after) onPush({ repository, pusher, ...moved, ...(await history(path, moved, [...before.values()])) });
      }
    };
    const turn = (last.get(repository) ?? Promise.resolve()).then(watched);
    last.set(
      repository,
      turn.catch(() => {}),
    );
    return turn;
  };
}

async function refsOf(path: string): Promise<Map<string, string>> {
  const lines = (await git(path, ["for-each-ref", "--format=%(refname) %(objectname)"])).trim().split("\n");
  return new Map(lines.filter((line) => line !== "").map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]));
}

async function history(path: string, { before, after }: { before: string; after: string }, known: readonly string[]) {
  if (after === zeros) return { forced: false, commits: [] };
  const old = before === zeros ? known : [before];
  const commits = await commitsBetween(path, old, after);
  if (before === zeros) return { forced: false, commits };
  const base = await git(path, ["merge-base", before, after]).catch(() => "");
  return { forced: base.trim() !== before, commits };
}

async function commitsBetween(path: string, old: readonly string[], after: string): Promise<PushedCommit[]> {
  // Random, so that no message or file name can pretend to be the next commit.
  const start = randomUUID();
  const end = randomUUID();
  const args = ["log", "-z", "-n", "20", "--reverse", "--name-status", "--no-renames", "--diff-merges=first-parent"];
  const text = await git(path, [...args, `--format=${start}%H%n%T%n%an%n%ae%n%aI%n%B${end}`, after, "--not", ...old, "--"]);
  return text
    .split(start)
    .slice(1)
    .map((part) => {
      const [facts = "", changes = ""] = part.split(end);
      return { ...commitFacts(facts), ...changedPaths(changes) };
    });
}

function commitFacts(text: string) {
  const [id = "", tree = "", name = "", email = "", timestamp = "", ...message] = text.split("\n");
  return { id, tree, author: { name, email }, timestamp, message: message.join("\n").trimEnd() };
}

/** What `--name-status -z` prints: a status letter and a path in turn, each followed by NUL. */
function changedPaths(text: string) {
  const parts = text.replace(/^[\0\n]+/, "").split("\0");
  const withStatus = (...statuses: readonly string[]) =>
    parts.filter((_, index) => index % 2 === 1 && statuses.includes(parts[index - 1] ?? ""));
  return { added: withStatus("A"), removed: withStatus("D"), modified: withStatus("M", "T") };
}
