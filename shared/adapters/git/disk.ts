import { Failure } from "../../model/failure.ts";

const saysFull = /ENOSPC|no space left|EDQUOT|disk quota/i;

/** What went wrong, said as the full disk that it was: libgit2 and Node have different words for it, and the host is not to blame. */
export const asDiskTrouble = (error: unknown, label: string): unknown => {
  if (!(error instanceof Error) || !saysFull.test(`${error.message} ${"code" in error ? error.code : ""}`)) return error;
  return new Failure(
    "DiskFull",
    label,
    `There is no room left on this function's disk for ${label}: what is there is removed when nobody reads it any more, and it is tried ` +
      "again; if it stays so, lower limits.repositoryBytes or give the function more storage.",
    { cause: error },
  );
};
