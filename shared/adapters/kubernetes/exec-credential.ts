import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import * as z from "zod/mini";
import { Failure } from "../../model/failure.ts";
import type { Exec } from "./kubeconfig.ts";

/** What a credential plugin of kubectl prints. */
const ExecCredential = z.object({
  kind: z.literal("ExecCredential"),
  status: z.object({
    token: z.optional(z.string()),
    clientCertificateData: z.optional(z.string()),
    clientKeyData: z.optional(z.string()),
    expirationTimestamp: z.nullish(z.string()),
  }),
});
export type ExecCredential = z.output<typeof ExecCredential>["status"];

const PATIENCE_MS = 60_000;
const MARGIN_MS = 60_000;
const OUTPUT_BYTES = 1024 * 1024;

/**
 * Runs the credential plugin that the machine's owner has in his kubeconfig, as his kubectl would: with his environment, and again before
 * what it gave expires, or when the cluster refused it.
 */
export const execCredentials = (
  name: string,
  exec: Exec,
  folder: string,
): ((options: { readonly fresh: boolean }) => Promise<ExecCredential>) => {
  let last: { readonly credential: Promise<ExecCredential>; until: number } | undefined;
  const run = (): Promise<ExecCredential> => {
    const credential = runPlugin(name, exec, folder);
    const entry = { credential, until: Number.POSITIVE_INFINITY };
    credential.then(
      ({ expirationTimestamp }) => {
        if (expirationTimestamp) entry.until = Date.parse(expirationTimestamp) - MARGIN_MS;
      },
      () => {
        last = undefined;
      },
    );
    last = entry;
    return credential;
  };
  return ({ fresh }) => (last && !fresh && Date.now() < last.until ? last.credential : run());
};

const runPlugin = async (name: string, exec: Exec, folder: string): Promise<ExecCredential> => {
  const info = { apiVersion: exec.apiVersion, kind: "ExecCredential", spec: { interactive: false } };
  const env = {
    ...process.env,
    ...Object.fromEntries((exec.env ?? []).map((each) => [each.name, each.value])),
    KUBERNETES_EXEC_INFO: JSON.stringify(info),
  };
  // As kubectl does it: a path is relative to the kubeconfig, a bare name is looked up in PATH.
  const command = exec.command.includes("/") ? resolve(folder, exec.command) : exec.command;
  const failed = (why: string, cause?: unknown): Failure =>
    new Failure("ClusterForbidden", name, `Kubeconfig of ${name}: the credential plugin ${exec.command} ${why}.`, { cause });
  const { stdout } = await promisify(execFile)(command, [...(exec.args ?? [])], {
    env,
    timeout: PATIENCE_MS,
    maxBuffer: OUTPUT_BYTES,
  }).catch((error: unknown) => {
    throw failed("failed; run kubectl once to see what it wants", error);
  });
  const parsed = ExecCredential.safeParse(parseJson(stdout));
  if (!parsed.success) throw failed("did not print an ExecCredential with a status");
  return parsed.data.status;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
