/** An EKS cluster as AWS describes it, with the way in. */
export interface EksCluster {
  /** `https://…`. */
  readonly endpoint: string;
  /** PEM in base64. */
  readonly caData: string;
  readonly token: (options: { readonly fresh: boolean }) => Promise<string>;
}

export interface EksLocation {
  readonly cluster: string;
  readonly region: string;
}
