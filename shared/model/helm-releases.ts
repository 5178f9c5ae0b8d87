/** For lists: Helm keeps whole charts in Secrets of a type of its own; they are large, secret, and never ours. */
export const withoutHelmReleases = (apiVersion: string, kind: string): { readonly fieldSelector?: string } =>
  apiVersion === "v1" && kind === "Secret" ? { fieldSelector: "type!=helm.sh/release.v1" } : {};
