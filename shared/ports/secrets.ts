/** The secret store: Secrets Manager, on one machine a folder with one JSON file per name. Values never leave memory. */
export interface Secrets {
  /** The entry's fields (a plain string comes as `{ value }`), or undefined where the store has no such name. Cached for at most 60 s. */
  read(name: string): Promise<Readonly<Record<string, string>> | undefined>;
}
