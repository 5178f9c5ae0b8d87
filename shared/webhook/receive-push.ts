/**
 * The webhook stage: a Git host says that refs have moved. It is believed when it proves that it knows its connection's secret, and then
 * only about repositories that the connection may speak for. What is remembered is a wish ("look at this ref"), in one conditional write
 * per ref; nothing from the payload is ever fetched or applied. Provider, secret and repositories come from the connection, so a request
 * can choose none of them.
 *
 * Answers: 202 for everything that was proven and understood, also when it does not matter; 401 for any lack of proof, the same for
 * an unknown connection; 400 for a proven push of a shape we cannot read; 413 for a proven one over the connection's limit; 503 only when
 * a wish could not be written or the secret store not be read, so that the provider's own redelivery can help. A hint that could not be
 * sent after the write is no failure: the sweeper sends it again.
 */
import { type Connection, defaultBodyBytes } from "../model/connection.ts";
import { assertNever } from "../model/failure.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { Push } from "../state/refs.ts";
import { mayPush } from "./allowed.ts";
import type { Delivery, Parsed, RefMoved } from "./delivery.ts";
import { decodePayload } from "./payload.ts";
import type { WebhookWorld } from "./ports.ts";
import { secretsOf } from "./proof.ts";
import { providers } from "./providers.ts";
import { isRefName } from "./ref-name.ts";

export interface Answer {
  readonly status: 202 | 400 | 401 | 413 | 503;
  readonly body: JsonObject;
}

export const unauthorised: Answer = { status: 401, body: { error: "unauthorised" } };
export const tooLarge: Answer = { status: 413, body: { error: "body too large" } };
const tryAgain: Answer = { status: 503, body: { error: "not recorded, please deliver again" } };
const ignored = (because: string): Answer => ({ status: 202, body: { ignored: because } });

/** `path` is the last segment of the webhook's URL. */
export const receivePush = async (path: string, delivery: Delivery, world: WebhookWorld): Promise<Answer> => {
  try {
    const connection = await provenConnection(path, delivery, world);
    if (connection === undefined) return refuse(path, world);
    if (delivery.body.length > (connection.maxBodyBytes ?? defaultBodyBytes)) return tooLarge;
    return await act(connection, parse(connection, delivery), delivery.at, world);
  } catch (error) {
    world.journal.tell("webhook-failed", { connection: path.slice(0, 100), reason: String(error) });
    return tryAgain;
  }
};

/** Someone who may try connections by name learns nothing from the answer or its time: an unknown one is checked against a decoy. */
const provenConnection = async (path: string, delivery: Delivery, world: WebhookWorld): Promise<Connection | undefined> => {
  const connection = await world.connections.find(path);
  const provider = providers[connection?.provider ?? "github"];
  const secrets = connection === undefined ? [decoy] : secretsOf(await world.secrets.read(connection.secret));
  // All secrets are tried, so that the time does not tell which of two was right.
  const proofs = await Promise.all(secrets.map((secret) => provider.verify(delivery, secret)));
  return proofs.includes(true) ? connection : undefined;
};

const decoy = { value: "no connection of this name", username: "" };

const refuse = (path: string, world: WebhookWorld): Answer => {
  world.journal.tell("webhook-refused", { connection: path.slice(0, 100) });
  return unauthorised;
};

const parse = ({ provider }: Connection, delivery: Delivery): Parsed => {
  const decoded = decodePayload(delivery, providers[provider].sendsForms);
  return decoded.ok ? providers[provider].parse(delivery, decoded.payload) : { kind: "malformed", field: decoded.field };
};

const act = async (connection: Connection, parsed: Parsed, at: number, world: WebhookWorld): Promise<Answer> => {
  const tell = (event: string, facts: Readonly<Record<string, Json>>) =>
    world.journal.tell(event, { connection: connection.name, provider: connection.provider, ...facts });
  switch (parsed.kind) {
    case "ignored":
      return ignored(parsed.because);
    case "malformed":
      tell("webhook-malformed", { field: parsed.field });
      return { status: 400, body: { error: `field ${parsed.field} is not what a push of ${connection.provider} has` } };
    case "moved": {
      const { pushes, refused } = pushesOf(connection, parsed.refs, at);
      for (const facts of refused) tell("push-ignored", facts);
      return pushes.length === 0 ? ignored("no ref of a repository that this connection may speak for") : record(pushes, tell, world);
    }
    default:
      return assertNever(parsed);
  }
};

/** One push per ref and allowed URL of its repository: people follow a repository by its HTTP or its SSH URL, and their keys may differ. */
const pushesOf = (connection: Connection, moved: readonly RefMoved[], at: number) => {
  const pushes: Push[] = [];
  const refused: Readonly<Record<string, Json>>[] = [];
  for (const { repositories, ...facts } of moved) {
    const allowed = repositories.filter((repository) => mayPush(connection, repository));
    const named = { repository: repositories[0] ?? "", ref: facts.ref };
    if (!isRefName(facts.ref)) refused.push({ ...named, because: "not a ref name" });
    else if (allowed.length === 0) refused.push({ ...named, because: "the connection's repositories do not cover it" });
    else pushes.push(...allowed.map((repository) => ({ ...facts, repository, at })));
  }
  return { pushes, refused };
};

type Tell = (event: string, facts: Readonly<Record<string, Json>>) => void;

const record = async (pushes: readonly Push[], tell: Tell, world: WebhookWorld): Promise<Answer> => {
  const wishes = await Promise.allSettled(pushes.map((push) => world.refs.want(push)));
  const recorded = pushes.filter((_, at) => isValue(wishes[at], "recorded"));
  for (const { repository, ref, before = null, after = null, pusher = null, deliveryId } of recorded)
    tell("push-received", { repository, ref, before, after, pusher, delivery: deliveryId });
  await sendHints(recorded, tell, world);

  const failed = wishes.find((wish) => wish.status === "rejected");
  if (failed !== undefined) {
    tell("webhook-failed", { reason: String(failed.reason) });
    return tryAgain;
  }
  return { status: 202, body: { accepted: recorded.length, duplicates: pushes.length - recorded.length } };
};

const isValue = <T>(result: PromiseSettledResult<T> | undefined, value: T): boolean =>
  result?.status === "fulfilled" && result.value === value;

const sendHints = async (recorded: readonly Push[], tell: Tell, { pushes }: WebhookWorld): Promise<void> => {
  if (recorded.length === 0) return;
  try {
    await pushes.send(recorded.map(({ repository, ref }) => ({ body: { v: 1, kind: "ref", repository, ref }, group: repository })));
  } catch (error) {
    // The wish stands in the table and is due: the sweeper sends the hint again within a minute or two.
    tell("hint-not-sent", { reason: String(error) });
  }
};
