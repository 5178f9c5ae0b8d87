/** What is going on while the programs are fetched or built. `done` is a share from 0 to 1 where it is known. */
export interface Progress {
  readonly message: string;
  readonly done?: number;
}

export type OnProgress = (progress: Progress) => void;
