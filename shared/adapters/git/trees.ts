import { createHash } from "node:crypto";
import { Failure } from "../../model/failure.ts";
import type { CommitFacts } from "../../model/operation.ts";
import type { RepositoryAccess } from "../../ports/git.ts";
import { isLoopbackHost } from "../web/hosts.ts";
import { type Address, parseAddress } from "./address.ts";
import type { Converse } from "./converse.ts";
import { lfsSource } from "./lfs-batch.ts";
import type { Tree } from "./locate.ts";
import type { Store, StoreLimits } from "./store.ts";
import { type Submodule, submodulesOf } from "./submodules.ts";
import { fetchPack } from "./upload-pack.ts";

export interface TreeWorld {
  readonly settings: StoreLimits & { readonly seconds: number; readonly allowHttp: boolean };
  readonly converse: Converse;
  readonly store: Store;
  /** Holds back downloads beyond what may run at once. */
  readonly free: <T>(work: () => Promise<T>) => Promise<T>;
}

export interface Grown {
  readonly tree: Tree;
  readonly facts: CommitFacts;
  readonly touch: () => void;
}

/** Submodules within submodules, and all submodules of one commit. */
const deepest = 5;
const mostSubmodules = 64;

/** One commit's tree with its submodules', all of it on disk afterwards. */
export const treeOf = (world: TreeWorld, access: RepositoryAccess, sha: string): Promise<Grown> =>
  grow(world, access, sha, { depth: 0, left: { count: mostSubmodules } });

interface Growth {
  readonly depth: number;
  readonly left: { count: number };
}

const grow = async (world: TreeWorld, access: RepositoryAccess, sha: string, growth: Growth): Promise<Grown> => {
  const { settings, store, free, converse } = world;
  const address = parseAddress(access.url, settings);
  const kept = store.keep(keyOf(address, access), address.label);
  const { facts, root, objects } = await kept
    .commit(sha, (haves, take) =>
      free(() => converse(address, access.credentials, (conversation) => take(fetchPack(conversation, sha, haves)))),
    )
    .catch((error: unknown) => {
      if (error instanceof Failure && error.code === "DiskFull") store.shed();
      throw error;
    });
  const touches = [kept.touch];
  const submodules = new Map<string, Tree | Failure>();
  for (const submodule of submodulesOf(objects, root, access.url)) {
    const inner = await growSubmodule(world, access, address, submodule, growth);
    submodules.set(submodule.path, inner instanceof Failure ? inner : inner.tree);
    if (!(inner instanceof Failure)) touches.push(inner.touch);
  }
  const lfs = kept.lfs(lfsSource(address, access.credentials, settings.seconds));
  const touch = () => {
    for (const one of touches) one();
  };
  return { tree: { label: address.label, objects, root, lfs, submodules }, facts, touch };
};

/** Trouble with a submodule is kept, and meets only those who read there. */
const growSubmodule = async (
  world: TreeWorld,
  parent: RepositoryAccess,
  at: Address,
  submodule: Submodule,
  growth: Growth,
): Promise<Grown | Failure> => {
  const { path, url, sha } = submodule;
  try {
    if (growth.depth >= deepest || growth.left.count-- <= 0) {
      throw new Failure(
        "LimitExceeded",
        path,
        `The submodule ${path} of ${at.label} is one too many: at most ${mostSubmodules}, ${deepest} deep, are read.`,
      );
    }
    const inner = parseAddress(url, world.settings);
    // A repository must not lead us to what listens on this machine only, such as Lambda's runtime API.
    if (isLoopbackHost(hostOf(inner)) && !isLoopbackHost(hostOf(at)))
      throw new Failure("SourceInvalid", path, `The submodule ${path} of ${at.label} points to this machine itself.`);
    const access = (await parent.accessTo?.(url)) ?? inherited(parent, at, url, inner);
    return await grow(world, access, sha, { depth: growth.depth + 1, left: growth.left });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const retryAfter = error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter };
    return new Failure(error.code, path, `The submodule ${path}: ${error.message}`, { cause: error, ...retryAfter });
  }
};

/** Credentials reach a submodule only where it is on the same host, asked for in the same way. */
const inherited = (parent: RepositoryAccess, at: Address, url: string, inner: Address): RepositoryAccess =>
  placeOf(at) === placeOf(inner) && parent.credentials !== undefined ? { url, credentials: parent.credentials } : { url };

const hostOf = (address: Address): string => (address.kind === "ssh" ? address.host : new URL(address.base).hostname);

const placeOf = (address: Address): string =>
  address.kind === "ssh" ? `ssh://${address.host}:${address.port}` : new URL(address.base).origin;

/** Who may not read a repository must not find it in the cache either: the credentials are part of the name. */
const keyOf = (address: Address, access: RepositoryAccess): string =>
  createHash("sha256")
    .update(JSON.stringify([address, access.credentials ?? null]))
    .digest("hex");
