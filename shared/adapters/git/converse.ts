import { Failure } from "../../model/failure.ts";
import type { RepositoryCredentials } from "../../ports/git.ts";
import { broken } from "../web/failures.ts";
import type { Address } from "./address.ts";
import { type Acquaintance, talkHttp } from "./http-remote.ts";
import { RemoteError } from "./pkt-line.ts";
import { talkSsh } from "./ssh-remote.ts";
import type { Conversation } from "./upload-pack.ts";

/** Talks to a repository's host and hangs up, whatever happens. What the host says in protest becomes a Failure. */
export type Converse = <T>(
  address: Address,
  credentials: RepositoryCredentials | undefined,
  talk: (conversation: Conversation) => Promise<T>,
) => Promise<T>;

/** `seconds` bounds each conversation. */
export const conversations = (seconds: number): Converse => {
  const known = new Map<string, Acquaintance>();
  return async (address, credentials, talk) => {
    const conversation =
      address.kind === "http" ? await talkHttp(address, credentials, seconds, known) : await talkSsh(address, credentials, seconds);
    try {
      return await talk(conversation);
    } catch (error) {
      known.delete(address.label);
      throw error instanceof RemoteError ? judged(error, address.label) : error;
    } finally {
      conversation.close();
    }
  };
};

/** The protocol has no codes: these are the words of Git (GitHub, GitLab, Gitea, Bitbucket), JGit, and Azure DevOps for an unknown commit. */
const unknownCommit = /not our ref|unadvertised object|want [0-9a-f]{40} not valid|TF401035|bad object/i;

const judged = (error: RemoteError, label: string): Failure => {
  const words = error.message.replace(/\p{Cc}+/gu, " ").slice(0, 200);
  if (!unknownCommit.test(words)) return broken(label, `the host says: ${words}`, error);
  const sha = /[0-9a-f]{40}/.exec(words)?.[0] ?? "the commit";
  return new Failure("RevisionMissing", sha, `${label} has no ${sha}: it was removed, or never pushed there.`, { cause: error });
};
