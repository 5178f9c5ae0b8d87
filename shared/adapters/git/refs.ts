import type { Git, RemoteRefs } from "../../ports/git.ts";
import { parseAddress } from "./address.ts";
import { type Converse, conversations } from "./converse.ts";
import { listRefs } from "./upload-pack.ts";

interface RefsSettings {
  readonly allowHttp: boolean;
}

/** Only the refs of repositories, for who never downloads: without libgit2, which a function would have to carry. `seconds`: for one conversation. */
export const openRefs = (options: Partial<RefsSettings> & { readonly seconds?: number } = {}): Pick<Git, "listRefs"> =>
  refsOver(conversations(options.seconds ?? 60), { allowHttp: options.allowHttp ?? false });

export const refsOver = (converse: Converse, settings: RefsSettings): Pick<Git, "listRefs"> => ({
  listRefs: async (access, also = []): Promise<RemoteRefs> => {
    const address = parseAddress(access.url, settings);
    return await converse(address, access.credentials, (conversation) => listRefs(conversation, ["refs/heads/", "refs/tags/", ...also]));
  },
});
