/** A Git host that may send webhooks, as the installation file declares it. Nothing about it is ever taken from a request. */
export interface Connection {
  readonly name: string;
  /**
   * Makes the URL hard to guess: `/hooks/<name>-<suffix>`, or `/hooks/<name>` without one. It is no secret: the proof is the signature.
   */
  readonly suffix?: string;
  readonly provider: ProviderName;
  /**
   * Name of its entry in the secret store. The entry's field `value` is the secret; `previous` is one that still counts while it is rotated.
   * GitLab: a value that begins with `whsec_` is a signing token, any other the plain secret token. Azure DevOps: `username` beside them.
   */
  readonly secret: string;
  /** Patterns over normalised URLs, such as `github.com/acme/*`; `*` stays within a path segment, `**` crosses them. */
  readonly repositories: readonly string[];
  /** Largest body it may send, at most `largestBodyBytes`; `defaultBodyBytes` without it. */
  readonly maxBodyBytes?: number;
}

/** What a connection's `provider` may say. `shared/webhook/providers.ts` has a row for each. */
export const providerNames = ["github", "gitlab", "bitbucket-cloud", "bitbucket-data-center", "azure-devops", "gitea", "forgejo"] as const;

export type ProviderName = (typeof providerNames)[number];

/** Pushes are a few KB; Bitbucket Cloud never sends more than 256 KB. */
export const defaultBodyBytes = 1024 * 1024;
export const largestBodyBytes = 5 * 1024 * 1024;

/** The last segment of the connection's webhook URL. */
export const connectionPath = ({ name, suffix }: Connection): string => (suffix === undefined ? name : `${name}-${suffix}`);
