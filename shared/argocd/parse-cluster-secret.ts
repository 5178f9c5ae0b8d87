import * as z from "zod/mini";
import type { ClusterRecord, EksAddress } from "../model/cluster.ts";
import { Failure } from "../model/failure.ts";
import { type FieldProblem, formatProblem } from "../model/field-problem.ts";
import { isJsonObject, type Json } from "../model/json.ts";
import { annotationOf, type Manifest } from "../model/manifest.ts";

/** On a cluster or repository Secret: the entry of the secret store that has its credential. The Secret itself holds none. */
const credentialsAnnotation = "fairlead.dev/credentials";
/** On a cluster Secret: whose functions reach the cluster; `public` without it. */
const networkAnnotation = "fairlead.dev/network";

/** What Argo CD's `config` may say without being a secret. */
const Config = z.object({
  awsAuthConfig: z.optional(z.object({ clusterName: z.string(), roleARN: z.optional(z.string()) })),
  tlsClientConfig: z.optional(z.object({ caData: z.optional(z.string()), insecure: z.optional(z.boolean()) })),
});

const secretFields = ["username", "password", "bearerToken", "execProviderConfig"];
const secretTlsFields = ["certData", "keyData"];

export type ClusterParse =
  | { readonly state: "parsed"; readonly cluster: ClusterRecord; readonly warnings: readonly string[] }
  | { readonly state: "refused"; readonly failure: Failure };

/** Reads a cluster Secret as Argo CD has it, without secret material. Nothing of its values gets into a message. */
export const parseClusterSecret = (manifest: Manifest): ClusterParse => {
  const fields = secretData(manifest);
  const config = parseConfig(fields.config);
  const problems = [...problemsOf(fields), ...config.problems];
  if (problems.length > 0) {
    const subject = `cluster Secret ${manifest.metadata.name}`;
    return {
      state: "refused",
      failure: new Failure("ManifestInvalid", subject, `${subject} cannot be used: ${problems.map(formatProblem).join("; ")}`),
    };
  }
  const known = ["name", "server", "config"];
  return {
    state: "parsed",
    cluster: clusterOf(manifest, fields, config.value),
    warnings: Object.keys(fields).flatMap((field) =>
      known.includes(field) ? [] : [`data.${field} is not supported yet and has no effect`],
    ),
  };
};

const clusterOf = (manifest: Manifest, fields: SecretData, config: z.infer<typeof Config>): ClusterRecord => {
  const server = fields.server ?? "";
  const eks = eksOf(server, config);
  const credentials = annotationOf(manifest, credentialsAnnotation);
  const caData = config.tlsClientConfig?.caData;
  return {
    name: fields.name ?? manifest.metadata.name,
    ...(eks ? { eks } : { server }),
    ...(caData === undefined || eks ? {} : { caData }),
    ...(credentials === undefined ? {} : { credentials }),
    network: annotationOf(manifest, networkAnnotation) ?? "public",
  };
};

/** Argo CD as AWS runs it has the cluster's ARN as server; elsewhere `awsAuthConfig` names the cluster, and the URL its region. */
const eksOf = (server: string, config: z.infer<typeof Config>): EksAddress | undefined => {
  const { clusterName, roleARN } = config.awsAuthConfig ?? {};
  const roleArn = roleARN === undefined ? {} : { roleArn: roleARN };
  if (server.startsWith("arn:")) return { cluster: server, ...roleArn };
  if (clusterName === undefined) return undefined;
  const region = /\.([a-z0-9-]+)\.eks\.amazonaws\.com(\.cn)?(:\d+)?\/?$/.exec(server)?.[1];
  return { cluster: clusterName, ...(region === undefined ? {} : { region }), ...roleArn };
};

const problemsOf = (fields: SecretData): readonly FieldProblem[] => {
  const server = fields.server ?? "";
  if (server === "")
    return [{ path: ["data", "server"], message: "is missing; write the API server's https URL or the EKS cluster's ARN" }];
  return /^(https:\/\/[^\s@]+|arn:[a-z-]+:eks:[a-z0-9-]+:[0-9]{12}:cluster\/[A-Za-z0-9_-]+)$/.test(server)
    ? []
    : [{ path: ["data", "server"], message: "is neither an https URL nor an EKS cluster's ARN" }];
};

const parseConfig = (text: string | undefined): { readonly value: z.infer<typeof Config>; readonly problems: readonly FieldProblem[] } => {
  const path = ["data", "config"];
  const json = text === undefined ? {} : jsonOf(text);
  if (!isJsonObject(json)) return { value: {}, problems: [{ path, message: "is not a JSON object" }] };
  const tls = isJsonObject(json.tlsClientConfig) ? json.tlsClientConfig : {};
  const held = [
    ...secretFields.filter((field) => json[field] !== undefined),
    ...secretTlsFields.filter((field) => tls[field] !== undefined),
  ];
  const problems = held.map((field) => ({
    path: [...path, field],
    message: `is a credential; put it into the secret store and name the entry in the annotation ${credentialsAnnotation}`,
  }));
  const checked = Config.safeParse(json);
  if (!checked.success) return { value: {}, problems: [...problems, { path, message: "has a field of another type than Argo CD's" }] };
  const insecure = checked.data.tlsClientConfig?.insecure === true;
  const unsafe = {
    path: [...path, "tlsClientConfig", "insecure"],
    message: "switches the check of the server's certificate off; give caData instead",
  };
  return { value: checked.data, problems: insecure ? [...problems, unsafe] : problems };
};

const jsonOf = (text: string): Json | undefined => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

type SecretData = Readonly<Record<string, string>>;

/** A Secret's fields as text: `stringData` beats `data`, as in the API server. */
const secretData = (manifest: Manifest): SecretData => ({
  ...textsOf(manifest.data, (value) => Buffer.from(value, "base64").toString("utf8")),
  ...textsOf(manifest.stringData, (value) => value),
});

const textsOf = (value: Json | undefined, read: (text: string) => string): SecretData =>
  isJsonObject(value)
    ? Object.fromEntries(Object.entries(value).flatMap(([key, text]) => (typeof text === "string" ? [[key, read(text)]] : [])))
    : {};
