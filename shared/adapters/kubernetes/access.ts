import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { ClusterRecord } from "../../model/cluster.ts";
import { Failure } from "../../model/failure.ts";
import type { Secrets } from "../../ports/secrets.ts";
import type { DescribeEks } from "../eks/clusters.ts";
import type { ClientCertificate, ClusterAddress, ClusterCredentials } from "./address.ts";
import { execCredentials } from "./exec-credential.ts";
import { parseServer } from "./hosts.ts";
import { type KubeconfigContext, readKubeconfig } from "./kubeconfig.ts";

/** Where a cluster is and how we get in: all that a connection needs. */
export interface ClusterAccess {
  readonly address: ClusterAddress;
  readonly credentials: ClusterCredentials;
}

export interface AccessWorld {
  readonly secrets: Secrets;
  readonly describeEks: DescribeEks;
  readonly allowLoopback: boolean;
}

/** Access as a record declares it. Throws SecretMissing, ConfigurationInvalid, and what describing an EKS cluster throws. */
export const accessOf = async (record: ClusterRecord, world: AccessWorld): Promise<ClusterAccess> => {
  const { name } = record;
  if (record.eks) {
    const { endpoint, caData, token } = await world.describeEks(name, record.eks);
    return { address: addressOf(name, endpoint, decoded(name, "certificateAuthority", caData), world), credentials: { token } };
  }
  const { credentials } = record;
  if (credentials === undefined)
    throw invalid(name, "names no credentials; name an entry of the secret store with a token or a client certificate");
  const secret = await readSecret(name, credentials, world.secrets);
  if (secret.kubeconfig !== undefined) {
    const context = contextIn(name, secret);
    const cluster = { ...context.cluster, server: record.server ?? context.cluster.server };
    const { address, credentials: given } = await fromContext(name, { ...context, cluster }, "", world);
    return { address, credentials: { ...given, ...(given.token && { token: tokenOf(name, credentials, world) }) } };
  }
  if (record.server === undefined) throw invalid(name, "has neither server nor eks, and its credentials are no kubeconfig");
  const ca = record.caData === undefined ? undefined : decoded(name, "caData", record.caData);
  const address = addressOf(name, record.server, ca, world);
  const { clientCertificate: certificate, clientKey: key } = secret;
  if (certificate !== undefined && key !== undefined) return { address, credentials: { clientCertificate: { certificate, key } } };
  if (tokenIn(secret) === undefined)
    throw invalid(name, `credentials ${credentials} hold neither token nor clientCertificate and clientKey`);
  // Read anew for each request (the port keeps it for a minute), so that a rotated token is taken up.
  const token = async (): Promise<string> => tokenIn(await readSecret(name, credentials, world.secrets)) ?? "";
  return { address, credentials: { token } };
};

const contextIn = (name: string, secret: Readonly<Record<string, string>>): KubeconfigContext =>
  readKubeconfig(secret.kubeconfig ?? "", { name, trusted: false, ...(secret.context !== undefined && { context: secret.context }) });

/** Read anew for each request, as a plain token is, and parsed when it has changed. */
const tokenOf = (name: string, entry: string, { secrets }: Pick<AccessWorld, "secrets">): (() => Promise<string>) => {
  let last = { kubeconfig: "", token: "" };
  return async () => {
    const secret = await readSecret(name, entry, secrets);
    const { kubeconfig = "" } = secret;
    if (kubeconfig !== last.kubeconfig) last = { kubeconfig, token: contextIn(name, secret).user.token ?? "" };
    return last.token;
  };
};

/** Access as a kubeconfig that the machine's owner named on the command line says, with what his kubectl may use: files and programs. */
export const accessOfKubeconfig = async (name: string, file: string, context?: string): Promise<ClusterAccess> => {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new Failure("ConfigurationInvalid", file, `The kubeconfig ${file} cannot be read.`, { cause });
  });
  const chosen = readKubeconfig(text, { name: file, trusted: true, ...(context !== undefined && { context }) });
  return fromContext(name, chosen, dirname(file), { allowLoopback: true });
};

const fromContext = async (
  name: string,
  { cluster, user }: KubeconfigContext,
  folder: string,
  world: Pick<AccessWorld, "allowLoopback">,
): Promise<ClusterAccess> => {
  const read = (path: string): Promise<string> =>
    readFile(resolve(folder, path), "utf8").catch((cause: unknown) => {
      throw invalid(name, `the kubeconfig names ${path}, which cannot be read`, cause);
    });
  /** Inline data wins over a file, as in kubectl. */
  const pem = async (data: string | undefined, path: string | undefined, field: string): Promise<string | undefined> =>
    data !== undefined ? decoded(name, field, data) : path === undefined ? undefined : read(path);

  const ca = await pem(cluster["certificate-authority-data"], cluster["certificate-authority"], "certificate-authority-data");
  const address = {
    ...addressOf(name, cluster.server, ca, world),
    ...(cluster["tls-server-name"] && { serverName: cluster["tls-server-name"] }),
  };
  const certificate = await pem(user["client-certificate-data"], user["client-certificate"], "client-certificate-data");
  const key = await pem(user["client-key-data"], user["client-key"], "client-key-data");
  const clientCertificate: ClientCertificate | undefined = certificate && key ? { certificate, key } : undefined;
  const { token, tokenFile, exec } = user;
  if (exec) return { address, credentials: await fromExec(name, exec, folder) };
  if (tokenFile !== undefined && tokenFile !== "") return { address, credentials: { token: async () => (await read(tokenFile)).trim() } };
  if (token !== undefined && token !== "")
    return { address, credentials: { token: async () => token, ...(clientCertificate && { clientCertificate }) } };
  if (clientCertificate) return { address, credentials: { clientCertificate } };
  throw invalid(name, "the kubeconfig's user has neither a token nor a client certificate");
};

const fromExec = async (
  name: string,
  exec: NonNullable<KubeconfigContext["user"]["exec"]>,
  folder: string,
): Promise<ClusterCredentials> => {
  const credentials = execCredentials(name, exec, folder);
  const { token, clientCertificateData: certificate, clientKeyData: key } = await credentials({ fresh: false });
  return {
    ...(certificate && key && { clientCertificate: { certificate, key } }),
    ...(token !== undefined && { token: async (options: { readonly fresh: boolean }) => (await credentials(options)).token ?? "" }),
  };
};

const addressOf = (
  name: string,
  server: string,
  ca: string | undefined,
  { allowLoopback }: Pick<AccessWorld, "allowLoopback">,
): ClusterAddress => ({
  name,
  server: parseServer(name, server, allowLoopback),
  allowLoopback,
  ...(ca !== undefined && { ca }),
});

const decoded = (name: string, field: string, data: string): string => {
  const pem = Buffer.from(data, "base64").toString("utf8");
  if (pem.includes("-----BEGIN ")) return pem;
  throw invalid(name, `${field} is not PEM in base64`);
};

/** A plain string in the secret store is a token. */
const tokenIn = (secret: Readonly<Record<string, string>>): string | undefined => (secret.token ?? secret.value)?.trim();

const readSecret = async (name: string, entry: string, secrets: Secrets): Promise<Readonly<Record<string, string>>> => {
  const secret = await secrets.read(entry);
  if (secret) return secret;
  throw new Failure(
    "SecretMissing",
    entry,
    `Cluster ${name}: the secret store has no entry ${entry}; create it, or name another in credentials.`,
  );
};

const invalid = (name: string, what: string, cause?: unknown): Failure =>
  new Failure("ConfigurationInvalid", name, `Cluster ${name}: ${what}.`, { cause });
