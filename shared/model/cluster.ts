/**
 * A registered cluster as the installation file or a cluster Secret declares it. Holds no secret material. Either `eks` says where the
 * endpoint, its CA and a token come from, or `server` (or the kubeconfig in `credentials`) does.
 */
export interface ClusterRecord {
  readonly name: string;
  /** `https://host[:port][/path]`. */
  readonly server?: string;
  readonly eks?: EksAddress;
  /** The server's CA, PEM in base64, as kubeconfig's `certificate-authority-data`. Without it the public ones are trusted. */
  readonly caData?: string;
  /** Entry of the secret store with `token`, or `clientCertificate` and `clientKey` (PEM), or `kubeconfig`. */
  readonly credentials?: string;
  /** Whose functions reach it: `public`, or the name of a VPC. */
  readonly network: string;
}

export interface EksAddress {
  /** The cluster's ARN, or its name. */
  readonly cluster: string;
  /** Needed where `cluster` is a name. */
  readonly region?: string;
  readonly roleArn?: string;
  readonly externalId?: string;
}
