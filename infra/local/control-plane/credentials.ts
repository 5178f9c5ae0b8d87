import { generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exists } from "../cache.ts";

/** Files below a control plane's folder that clients and the server's programs need. Secret material is readable by its owner only. */
export const credentialFiles = (folder: string) => ({
  serving: join(folder, "pki"),
  /** The API server makes it on its first start: its own certificate, followed by the authority that signed it. */
  certificate: join(folder, "pki", "apiserver.crt"),
  serviceAccountKey: join(folder, "pki", "service-account.key"),
  serviceAccountPublicKey: join(folder, "pki", "service-account.pub"),
  tokens: join(folder, "pki", "tokens.csv"),
  kubeconfig: join(folder, "kubeconfig"),
});

/** Makes what is not there yet: the administrator's token, and the key pair that signs service account tokens. Answers the token. */
export async function makeCredentials(folder: string): Promise<string> {
  const files = credentialFiles(folder);
  await mkdir(files.serving, { recursive: true, mode: 0o700 });
  await removeExpired(files);
  if (!(await exists(files.serviceAccountKey))) {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    await writeFile(files.serviceAccountPublicKey, publicKey.export({ type: "spki", format: "pem" }));
    await writeFile(files.serviceAccountKey, privateKey.export({ type: "sec1", format: "pem" }), { mode: 0o600 });
  }
  if (!(await exists(files.tokens))) {
    await writeFile(files.tokens, `${randomBytes(24).toString("base64url")},admin,admin,system:masters\n`, { mode: 0o600 });
  }
  const [token] = (await readFile(files.tokens, "utf8")).split(",");
  if (token === undefined || token === "") throw new Error(`${files.tokens} holds no token: remove the folder ${folder} and start again`);
  return token;
}

/**
 * A certificate for https://127.0.0.1 that the control plane's authority signed, with its key: for webhooks that the API server is to call
 * on this machine. It is the API server's own.
 */
export async function loopbackCertificate(folder: string): Promise<{ ca: string; cert: string; key: string }> {
  const { serving, certificate } = credentialFiles(folder);
  const pem = await readFile(certificate, "utf8");
  return { ca: pem, cert: pem, key: await readFile(join(serving, "apiserver.key"), "utf8") };
}

/** The server's own certificate lasts a year; a folder that was not used for long gets a new one. */
async function removeExpired({ serving, certificate }: ReturnType<typeof credentialFiles>): Promise<void> {
  if (!(await exists(certificate))) return;
  const daysLeft = (new X509Certificate(await readFile(certificate)).validToDate.getTime() - Date.now()) / 86_400_000;
  if (daysLeft > 7) return;
  await rm(certificate);
  await rm(join(serving, "apiserver.key"), { force: true });
}

/** A kubeconfig with one cluster, one user and one context, all called `name`. */
export async function writeKubeconfig(
  path: string,
  { name, server, ca, token }: { name: string; server: string; ca: string; token: string },
) {
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority-data": Buffer.from(ca).toString("base64") } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  };
  // JSON is YAML, and every client reads it.
  await writeFile(path, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
}
