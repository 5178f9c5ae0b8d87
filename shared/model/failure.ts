/** Each way in which work can fail, and whether doing it again later can help. One row per code. */
const failures = {
  ConfigurationInvalid: { retry: false },
  ManifestInvalid: { retry: false },
  SourceInvalid: { retry: false },
  PathMissing: { retry: false },
  RevisionMissing: { retry: false },
  LimitExceeded: { retry: false },
  RenderFailed: { retry: false },
  ScriptFailed: { retry: false },
  RenderKilled: { retry: true },
  CageUnavailable: { retry: true },
  DiskFull: { retry: true },
  RepositoryForbidden: { retry: false },
  RepositoryUnreachable: { retry: true },
  DestinationUnknown: { retry: false },
  ProjectUnknown: { retry: false },
  ClusterForbidden: { retry: false },
  ClusterUnreachable: { retry: true },
  ClusterBusy: { retry: true },
  KindUnavailable: { retry: true },
  ApplyRefused: { retry: false },
  Conflict: { retry: true },
  ActionRefused: { retry: false },
  SecretMissing: { retry: false },
  SecretInvalid: { retry: false },
  SecretForbidden: { retry: false },
  SecretStoreUnavailable: { retry: true },
  PruneRefused: { retry: false },
  SlackRefused: { retry: false },
  SlackUnreachable: { retry: true },
  TableUnavailable: { retry: true },
  QueueUnavailable: { retry: true },
  ArtifactMissing: { retry: false },
  ArtifactStoreUnavailable: { retry: true },
  MessageInvalid: { retry: false },
  MessageNewer: { retry: true },
  LeaseLost: { retry: true },
  TransitionImpossible: { retry: false },
  ItemUnreadable: { retry: true },
  ItemNewer: { retry: true },
} as const satisfies Record<string, { readonly retry: boolean }>;

export type FailureCode = keyof typeof failures;

/** An expected failure. `message` is one sentence for people: what, where, what to do; never a credential or a Secret's value. */
export class Failure extends Error {
  readonly code: FailureCode;
  /** What it is about: a file, an object, a repository, a cluster. */
  readonly subject: string;
  /** Seconds the other side asked us to wait, such as `Retry-After`. */
  readonly retryAfter: number | undefined;

  constructor(code: FailureCode, subject: string, message: string, options: { cause?: unknown; retryAfter?: number } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "Failure";
    this.code = code;
    this.subject = subject;
    this.retryAfter = options.retryAfter;
  }

  /** Terminal failures are recorded and acknowledged; retryable ones are thrown, so that the queue brings the message back. */
  get retry(): boolean {
    return failures[this.code].retry;
  }
}

/** For `switch` defaults: a variant nobody handles is a compile error. */
export const assertNever = (value: never): never => {
  throw new Error(`unhandled variant ${JSON.stringify(value)}`);
};
