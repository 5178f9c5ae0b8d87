import { parse } from "yaml";
import * as z from "zod/mini";
import { Failure } from "../../model/failure.ts";
import { isJsonObject, type Json } from "../../model/json.ts";

/** One context of a kubeconfig, and nothing in it that reads files, runs programs or switches a check off unless it was trusted to. */
export interface KubeconfigContext {
  readonly cluster: Cluster;
  readonly user: User;
}

const text = z.optional(z.string());
const flag = z.optional(z.boolean());

const Cluster = z.object({
  server: z.string(),
  "certificate-authority-data": text,
  "certificate-authority": text,
  "insecure-skip-tls-verify": flag,
  "tls-server-name": text,
  "proxy-url": text,
});
type Cluster = z.output<typeof Cluster>;

export const Exec = z.object({
  apiVersion: z.string(),
  command: z.string(),
  args: z.nullish(z.array(z.string())),
  env: z.nullish(z.array(z.object({ name: z.string(), value: z.string() }))),
  provideClusterInfo: flag,
});
export type Exec = z.output<typeof Exec>;

const User = z.object({
  token: text,
  tokenFile: text,
  "client-certificate-data": text,
  "client-certificate": text,
  "client-key-data": text,
  "client-key": text,
  exec: z.optional(Exec),
  "auth-provider": z.optional(z.unknown()),
  username: text,
  password: text,
  as: text,
  "as-uid": text,
  "as-groups": z.optional(z.unknown()),
  "as-user-extra": z.optional(z.unknown()),
});
type User = z.output<typeof User>;

const Named = z.object({ name: z.string() });
const Kubeconfig = z.object({
  "current-context": text,
  contexts: z.array(z.extend(Named, { context: z.object({ cluster: z.string(), user: z.string() }) })),
  clusters: z.array(z.extend(Named, { cluster: Cluster })),
  users: z.array(z.extend(Named, { user: z.nullish(User) })),
});

/** What nobody may use here, with what to do instead. */
const refusedAlways = {
  cluster: {
    "insecure-skip-tls-verify": "switches the check of the server's certificate off; give certificate-authority-data",
    "proxy-url": "sends everything through a proxy; register the cluster in a network that reaches it",
  },
  user: {
    "auth-provider": "is no longer known to Kubernetes; give a token",
    username: "is no longer known to Kubernetes; give a token",
    password: "is no longer known to Kubernetes; give a token",
    as: "acts as somebody else; give that identity's own token",
    "as-uid": "acts as somebody else; give that identity's own token",
    "as-groups": "acts as somebody else; give that identity's own token",
    "as-user-extra": "acts as somebody else; give that identity's own token",
  },
};

/** What only the owner of this machine may use, by naming the file on the command line: it reads files and runs programs. */
const refusedUnlessTrusted = {
  cluster: {
    "certificate-authority": "names a file; give certificate-authority-data",
    "tls-server-name": "expects the certificate of another host; register the server under the name in its certificate",
  },
  user: {
    exec: "runs a program; give a token or a client certificate",
    tokenFile: "names a file; give token",
    "client-certificate": "names a file; give client-certificate-data",
    "client-key": "names a file; give client-key-data",
  },
};

export interface ReadOptions {
  /** Whose kubeconfig it is, for messages. */
  readonly name: string;
  readonly context?: string;
  readonly trusted: boolean;
}

/** Reads one context. Throws ConfigurationInvalid that names everything that is wrong with it. */
export const readKubeconfig = (yaml: string, { name, context, trusted }: ReadOptions): KubeconfigContext => {
  const invalid = (what: string): Failure => new Failure("ConfigurationInvalid", name, `Kubeconfig of ${name}: ${what}.`);
  const parsed = Kubeconfig.safeParse(parseYaml(yaml));
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join(".") || "the file"} ${issue.message.toLowerCase()}`);
    throw invalid(problems.join("; "));
  }
  const config = parsed.data;
  const wanted = context ?? config["current-context"] ?? "";
  const chosen = config.contexts.find((each) => each.name === wanted)?.context;
  if (!chosen)
    throw invalid(
      `there is no context ${JSON.stringify(wanted)}; there are ${config.contexts.map((each) => each.name).join(", ") || "none"}`,
    );
  const cluster = config.clusters.find((each) => each.name === chosen.cluster)?.cluster;
  if (!cluster) throw invalid(`context ${wanted} names cluster ${chosen.cluster}, which is not in it`);
  const user = config.users.find((each) => each.name === chosen.user)?.user ?? {};

  const rules = trusted ? [refusedAlways] : [refusedAlways, refusedUnlessTrusted];
  const refused = rules.flatMap((rule) => [...present(cluster, rule.cluster), ...present(user, rule.user)]);
  if (refused.length > 0) throw invalid(refused.join("; "));
  return { cluster, user };
};

const present = (given: object, refused: Readonly<Record<string, string>>): readonly string[] => {
  const fields = new Map<string, unknown>(Object.entries(given));
  return Object.entries(refused).flatMap(([field, why]) => {
    const value = fields.get(field);
    return value === undefined || value === false || value === "" ? [] : [`${field} ${why}`];
  });
};

/** JSON is YAML too. What cannot be parsed fails the schema. */
const parseYaml = (text: string): Json | undefined => {
  try {
    const value: unknown = parse(text);
    const plain: Json = JSON.parse(JSON.stringify(value ?? null));
    return isJsonObject(plain) ? plain : undefined;
  } catch {
    return undefined;
  }
};
