/** Immutable bytes under content-derived names in one encrypted bucket: bundles, render inputs, manifests, inventories too large for the table. */
export interface Artifacts {
  get(key: string): Promise<Uint8Array | undefined>;
  has(key: string): Promise<boolean>;
  put(key: string, bytes: Uint8Array): Promise<void>;
}
