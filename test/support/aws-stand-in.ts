import { createServer, type IncomingMessage } from "node:http";
import { listen } from "./listen.ts";

export interface AwsStandIn {
  /** For AWS_ENDPOINT_URL_EKS and AWS_ENDPOINT_URL_STS. */
  readonly url: string;
  readonly calls: readonly string[];
  close(): void;
}

export interface AwsStandInOptions {
  /** DescribeCluster's answers, by name. */
  readonly clusters: Readonly<Record<string, object>>;
  /** Roles that can be assumed, by ARN, with the external id they ask for and the credentials they give. */
  readonly roles: Readonly<
    Record<string, { readonly externalId?: string; readonly accessKeyId: string; readonly secretAccessKey: string }>
  >;
  /** Access keys that may call; others get 403. */
  readonly mayDescribe: readonly string[];
}

/** As much of EKS's and STS's APIs as finding a cluster takes. Signatures are not checked here: the verifier does that. */
export const startAwsStandIn = async ({ clusters, roles, mayDescribe }: AwsStandInOptions): Promise<AwsStandIn> => {
  const calls: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    const key = /Credential=([^/]+)\//.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const path = request.url ?? "";
    if (request.method === "GET") {
      const name = decodeURIComponent(path.replace(/^\/clusters\//, ""));
      calls.push(`DescribeCluster ${name} as ${key}`);
      const answer = (status: number, type: string | undefined, value: object): void => {
        response
          .writeHead(status, { "content-type": "application/json", ...(type && { "x-amzn-errortype": type }) })
          .end(JSON.stringify(value));
      };
      if (!mayDescribe.includes(key))
        return answer(403, "AccessDeniedException", { message: "not authorized to perform eks:DescribeCluster" });
      const cluster = clusters[name];
      if (!cluster) return answer(404, "ResourceNotFoundException", { message: `No cluster found for name: ${name}.` });
      return answer(200, undefined, { cluster });
    }
    const parameters = new URLSearchParams(body);
    const arn = parameters.get("RoleArn") ?? "";
    calls.push(`${parameters.get("Action")} ${arn} as ${key}`);
    const role = roles[arn];
    response.setHeader("content-type", "text/xml");
    if (!role || role.externalId !== (parameters.get("ExternalId") ?? undefined)) {
      const error = `<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform sts:AssumeRole</Message></Error>`;
      response.writeHead(403).end(`<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${error}</ErrorResponse>`);
      return;
    }
    const expiration = new Date(Date.now() + 3_600_000).toISOString();
    const credentials = `<AccessKeyId>${role.accessKeyId}</AccessKeyId><SecretAccessKey>${role.secretAccessKey}</SecretAccessKey><SessionToken>session/+=token</SessionToken><Expiration>${expiration}</Expiration>`;
    response.end(
      `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>${credentials}</Credentials></AssumeRoleResult></AssumeRoleResponse>`,
    );
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, calls, close: () => server.close() };
};

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
};
