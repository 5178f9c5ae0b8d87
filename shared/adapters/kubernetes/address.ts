/** Where a cluster's API server is and how it proves itself. */
export interface ClusterAddress {
  /** The cluster's registered name, for messages. */
  readonly name: string;
  readonly server: URL;
  /** PEM; without it the public certificate authorities are trusted. */
  readonly ca?: string;
  /** Name expected in the server's certificate where it differs from the host. */
  readonly serverName?: string;
  /** On one machine only: the installation file's `allowLoopback`. */
  readonly allowLoopback: boolean;
}

/** How we prove ourselves. */
export interface ClusterCredentials {
  /** A bearer token; `fresh` after the server refused the last one. Never logged. */
  readonly token?: (options: { readonly fresh: boolean }) => Promise<string>;
  readonly clientCertificate?: ClientCertificate;
}

/** PEM. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly key: string;
}
