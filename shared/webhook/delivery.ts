/** One request to a webhook URL, its body byte for byte as it came. */
export interface Delivery {
  /** Case-insensitive; several headers of one name come joined by ", ", and so match no signature. */
  header(name: string): string | undefined;
  readonly body: Uint8Array;
  /** ms since 1970 */
  readonly at: number;
}

/** What a connection's entry in the secret store says. Never empty. */
export interface WebhookSecret {
  readonly value: string;
  /** Only where the provider logs in (Azure DevOps). */
  readonly username: string;
}

/** A ref that a push created, moved or deleted. */
export interface RefMoved {
  /** The repository under each URL the payload gives for it, normalised, without repeats. */
  readonly repositories: readonly string[];
  /** Full name, such as refs/heads/main. */
  readonly ref: string;
  /** Absent when the push created the ref. */
  readonly before?: string;
  /** Absent when the push deleted the ref. */
  readonly after?: string;
  readonly pusher?: string;
  /** The same when the provider delivers again. */
  readonly deliveryId: string;
}

export type Parsed =
  | { readonly kind: "moved"; readonly refs: readonly RefMoved[] }
  | { readonly kind: "ignored"; readonly because: string }
  | { readonly kind: "malformed"; readonly field: string };

/** What differs between Git hosts, and nothing else. */
export interface Provider {
  /** Whether it may send `payload=…` as a form instead of JSON. */
  readonly sendsForms: boolean;
  /** Proof that the sender knows this secret, over the exact bytes received. Constant time; never throws. */
  verify(delivery: Delivery, secret: WebhookSecret): boolean | Promise<boolean>;
  /** Refs that moved. Events that do not matter are ignored; a shape that should not be names the field. */
  parse(delivery: Delivery, payload: unknown): Parsed;
}
