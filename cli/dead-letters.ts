import type * as z from "zod/mini";
import { Failure } from "../shared/model/failure.ts";
import type { DeadLetter } from "../shared/ports/dead-letters.ts";
import type { Table } from "../shared/ports/table.ts";
import { isDirty, readState } from "../shared/state/application-state.ts";
import { readLastFailures } from "../shared/state/last-failures.ts";
import { NotifyMessage, PushMessage, RenderMessage, SyncMessage } from "../shared/state/messages.ts";
import { readMessage } from "../shared/state/read-message.ts";
import { readRef } from "../shared/state/refs.ts";

/** A dead letter as people see it. */
export interface Described {
  readonly letter: DeadLetter;
  /** What it names; undefined where it cannot be read. */
  readonly about: string | undefined;
  /** Why it came here, as far as that is known. */
  readonly why: string;
  /** What sending it again would do now. */
  readonly now: string;
}

interface Named {
  readonly about: string;
  readonly applications: readonly string[];
  readonly ref?: { readonly repository: string; readonly ref: string };
}

/** One row per queue: how what it carries is read, and what it names. `syncs-…` is one queue per network. */
const readers: Readonly<Record<string, (body: string) => Named>> = {
  pushes: reader(PushMessage, (message) =>
    message.kind === "ref"
      ? { about: `a push to ${message.ref} of ${message.repository}`, applications: [], ref: message }
      : message.kind === "repository"
        ? { about: `what could not be read of ${message.repository}`, applications: [] }
        : { about: `the sources of Application ${message.application}`, applications: [message.application] },
  ),
  renders: reader(RenderMessage, ({ input, applications }) => ({
    about: `render ${input.slice(0, 12)} for ${applications.length === 1 ? `Application ${applications[0]}` : `${applications.length} Applications`}`,
    applications,
  })),
  syncs: reader(SyncMessage, ({ application }) => ({ about: `a sync of Application ${application}`, applications: [application] })),
  notices: reader(NotifyMessage, (message) =>
    "event" in message
      ? { about: `news of Application ${message.application} (entry ${message.event})`, applications: [message.application] }
      : { about: `summed up news at ${message.place}`, applications: [] },
  ),
};

function reader<S extends z.ZodMiniType>(schema: S, name: (message: z.infer<S>) => Named): (body: string) => Named {
  return (body) => name(readMessage(schema, body));
}

const readNamed = (queue: string, body: string): Named | Failure => {
  const read = readers[queue.startsWith("syncs-") ? "syncs" : queue];
  if (!read) return new Failure("MessageInvalid", queue, `nobody knows what queue ${queue} carries`);
  try {
    return read(body);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
};

/** Whether this release understands it. What it does not, nobody would do anything about either. */
export const isReadable = (queue: string, { body }: DeadLetter): boolean => !(readNamed(queue, body) instanceof Failure);

export const describeLetters = async (queue: string, letters: readonly DeadLetter[], table: Table): Promise<readonly Described[]> => {
  const failures = await readLastFailures(
    table,
    letters.map(({ id }) => id),
  );
  const described: Described[] = [];
  for (const letter of letters) {
    const named = readNamed(queue, letter.body);
    const why = failures.get(letter.id)?.reason ?? "its function died of it, ran out of time, or could not say why";
    if (named instanceof Failure) described.push({ letter, about: undefined, why: named.message, now: "stays here: redrive leaves it" });
    else described.push({ letter, about: named.about, why, now: await effectOf(queue, named, table) });
  }
  return described;
};

const effectOf = async (queue: string, { applications, ref }: Named, table: Table): Promise<string> => {
  if (ref) {
    const { wanted, done } = await readRef(table, ref.repository, ref.ref);
    return wanted > done ? "the push is still to be fetched" : "fetched since then: a look, and nothing more";
  }
  const open = await Promise.all(applications.map((name) => stateOf(name, table)));
  if (open.includes("unreadable")) return "its item in the table cannot be read: it comes back here";
  if (open.every((state) => state === "gone")) return "gone since then: nothing";
  if (queue === "notices") return "told where it has not been told";
  return open.includes("open") ? "still open: the work is done" : "settled since then: a look, and nothing more";
};

const stateOf = async (name: string, table: Table): Promise<"gone" | "open" | "settled" | "unreadable"> => {
  try {
    const state = await readState(table, name);
    if (!state) return "gone";
    return isDirty(state) || state.phase === "Running" || state.retryAt !== undefined ? "open" : "settled";
  } catch (error) {
    if (error instanceof Failure && (error.code === "ItemUnreadable" || error.code === "ItemNewer")) return "unreadable";
    throw error;
  }
};
