import { accessOfKubeconfig } from "../../../shared/adapters/kubernetes/access.ts";
import { Failure } from "../../../shared/model/failure.ts";

/**
 * One context of the user's kubeconfig, with all that it refers to put into it: files are read and credential plugins run here, as the user
 * would, so that the functions never have to. Ask again from time to time: a plugin is run anew before its token expires.
 */
export const ownKubeconfig = async (name: string, file: string, context?: string): Promise<() => Promise<string>> => {
  const { address, credentials } = await accessOfKubeconfig(name, file, context);
  const { server, ca, serverName } = address;
  if (serverName !== undefined)
    throw new Failure(
      "ConfigurationInvalid",
      file,
      `${file}: tls-server-name is not supported here; use the name in the server's certificate (${serverName}) as its address`,
    );
  const cluster = { server: server.href, ...(ca !== undefined && { "certificate-authority-data": base64(ca) }) };
  const { clientCertificate, token } = credentials;
  const certificate = clientCertificate && {
    "client-certificate-data": base64(clientCertificate.certificate),
    "client-key-data": base64(clientCertificate.key),
  };
  return async () => {
    const user = { ...certificate, ...(token && { token: await token({ fresh: false }) }) };
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name, cluster }],
      users: [{ name, user }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      "current-context": name,
    });
  };
};

const base64 = (text: string): string => Buffer.from(text).toString("base64");
