import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { normaliseRepositoryUrl } from "../../shared/model/repository-url.ts";
import { readRef } from "../../shared/state/refs.ts";
import { kubectl, newNamespace, type TestControlPlane, testControlPlane } from "../support/control-plane.ts";
import { applicationYaml, configMapYaml } from "../support/declarations.ts";
import { control } from "../support/fleet.ts";
import { azureDevOpsPayloads, azureHeaders, azureSecret } from "../support/payloads/azure-devops.ts";
import {
  bitbucketCloudHeaders,
  bitbucketCloudPayloads,
  bitbucketDataCenterHeaders,
  bitbucketDataCenterPayloads,
  bitbucketSecret,
} from "../support/payloads/bitbucket.ts";
import { giteaHeaders, giteaPayloads, giteaSecret } from "../support/payloads/gitea.ts";
import { githubHeaders, githubPayloads, githubSecret } from "../support/payloads/github.ts";
import { gitlabHeaders, gitlabPayloads, gitlabSignedHeaders, gitlabSigningToken, gitlabToken } from "../support/payloads/gitlab.ts";
import { startTestStack, type TestStack } from "../support/stack.ts";
import { linesOf, slackSays, synced } from "../support/stack-reading.ts";

interface Row {
  readonly connection: string;
  readonly provider: string;
  readonly secret: Readonly<Record<string, string>>;
  /** As the Application has it. */
  readonly url: string;
  readonly pusher: string;
  readonly payload: object;
  /** What the host sends with this body; `id` is the delivery's. */
  readonly headers: (body: string, id: string) => Readonly<Record<string, string>>;
  /** The same with a proof that is wrong for this body. */
  readonly forged: (body: string, id: string) => Readonly<Record<string, string>>;
}

const now = () => Math.floor(Date.now() / 1000);

/** Hosts that sign: the forged signature is right for a body with one byte more. */
const signed = (headers: Row["headers"]): Pick<Row, "headers" | "forged"> => ({
  headers,
  forged: (body, id) => headers(`${body} `, id),
});

const rows: readonly Row[] = [
  {
    connection: "github",
    provider: "github",
    secret: { value: githubSecret },
    url: "https://github.com/acme/web",
    pusher: "grace",
    payload: githubPayloads.push,
    ...signed((body, id) => githubHeaders(body, { "X-GitHub-Delivery": id })),
  },
  {
    connection: "gitlab",
    provider: "gitlab",
    secret: { value: gitlabToken },
    url: "https://gitlab.example.com/acme/platform/web",
    pusher: "grace",
    payload: gitlabPayloads.push,
    headers: (_, id) => gitlabHeaders({ "Idempotency-Key": id }),
    forged: (_, id) => gitlabHeaders({ "Idempotency-Key": id, "X-Gitlab-Token": `${gitlabToken}r` }),
  },
  {
    connection: "gitlab-signed",
    provider: "gitlab",
    secret: { value: gitlabSigningToken },
    url: "https://gitlab.example.com/acme/platform/signed",
    pusher: "grace",
    payload: {
      ...gitlabPayloads.push,
      project: {
        ...gitlabPayloads.push.project,
        git_http_url: "https://gitlab.example.com/acme/platform/signed.git",
        git_ssh_url: "git@gitlab.example.com:acme/platform/signed.git",
      },
    },
    ...signed((body) => gitlabSignedHeaders(body, now())),
  },
  {
    connection: "bitbucket",
    provider: "bitbucket-cloud",
    secret: { value: bitbucketSecret },
    url: "https://bitbucket.org/acme/web",
    pusher: "grace",
    payload: bitbucketCloudPayloads.push,
    ...signed((body, id) => bitbucketCloudHeaders(body, { "X-Request-UUID": id })),
  },
  {
    connection: "data-center",
    provider: "bitbucket-data-center",
    secret: { value: bitbucketSecret },
    url: "https://bitbucket.example.com/scm/acme/web",
    pusher: "grace",
    payload: bitbucketDataCenterPayloads.push,
    ...signed((body, id) => bitbucketDataCenterHeaders(body, { "X-Request-Id": id })),
  },
  {
    connection: "azure",
    provider: "azure-devops",
    secret: azureSecret,
    url: "https://dev.azure.com/acme/Big%20Shop/_git/web",
    pusher: "Grace Hopper",
    payload: azureDevOpsPayloads.push,
    headers: () => azureHeaders(),
    forged: () => azureHeaders({ Authorization: `Basic ${Buffer.from(`${azureSecret.username}:guess`).toString("base64")}` }),
  },
  {
    connection: "gitea",
    provider: "gitea",
    secret: { value: giteaSecret },
    url: "https://git.example.com/acme/web",
    pusher: "grace",
    payload: giteaPayloads.push,
    ...signed((body, id) => giteaHeaders(body, { "X-Gitea-Delivery": id })),
  },
  {
    connection: "forgejo",
    provider: "forgejo",
    secret: { value: giteaSecret },
    url: "https://code.example.com/acme/web",
    pusher: "grace",
    payload: {
      ...giteaPayloads.push,
      repository: {
        ...giteaPayloads.push.repository,
        clone_url: "https://code.example.com/acme/web.git",
        ssh_url: "ssh://git@code.example.com/acme/web.git",
        html_url: "https://code.example.com/acme/web",
      },
    },
    ...signed((body, id) => {
      const headers = giteaHeaders(body);
      return { ...headers, "X-Forgejo-Event": "push", "X-Forgejo-Delivery": id, "X-Forgejo-Signature": headers["X-Gitea-Signature"] };
    }),
  },
];

let cluster: TestControlPlane;
let stack: TestStack;
let namespace: string;

beforeAll(async () => {
  cluster = await testControlPlane();
  namespace = await newNamespace(cluster, "providers");
  stack = await startTestStack([{ ...cluster, name: "harbor" }], {
    installation: (git) => ({
      connections: rows.map(({ connection, provider, url }) => ({
        name: connection,
        provider,
        secret: `${connection}-webhook`,
        repositories: [url.replace("%20", " ")],
      })),
      mirrors: rows.map(({ connection, url }) => ({ from: url, to: git.httpUrl(`hosts/${connection}`) })),
      repositoryCredentials: rows.map(({ url }) => ({ prefix: url, secret: "git" })),
    }),
    secrets: Object.fromEntries(rows.map(({ connection, secret }) => [`${connection}-webhook`, secret])),
  });
  // Only the deliveries below tell of pushes.
  await Promise.all(rows.map(({ connection }) => write(connection, "1")));
  const declared = rows.map(
    ({ connection, url }) =>
      [`${connection}.yaml`, applicationYaml(`from-${connection}`, { repository: "", repoURL: url, path: "app", namespace })] as const,
  );
  await stack.push(control, Object.fromEntries(declared));
  await Promise.all(rows.map(({ connection }) => synced(stack, `from-${connection}`)));
  stack.deliver(false);
});
afterAll(() => stack?.stop());

const write = (connection: string, step: string) =>
  stack.push(`hosts/${connection}`, { "app/map.yaml": configMapYaml(connection, { step }) });
const stepOf = (connection: string) => kubectl(cluster, ["-n", namespace, "get", `configmap/${connection}`, "-o", "jsonpath={.data.step}"]);
const received = (connection: string) => linesOf(stack, "push-received").filter((line) => line.connection === connection).length;

const deliver = async (connection: string, body: string, headers: Readonly<Record<string, string>>) => {
  const answer = await fetch(`${new URL(stack.webhook.url).origin}/hooks/${connection}`, { method: "POST", body, headers });
  return { status: answer.status, text: await answer.text() };
};

describe.each(rows)("a delivery of $connection", ({ connection, payload, headers, forged, pusher, url }) => {
  const body = JSON.stringify(payload);

  it("without its proof is refused, and nothing happens", async () => {
    await write(connection, "2");
    const repository = normaliseRepositoryUrl(url);
    const before = await readRef(stack.table, repository, "refs/heads/main");
    expect(await deliver(connection, body, forged(body, randomUUID()))).toEqual({ status: 401, text: '{"error":"unauthorised"}' });
    expect(await readRef(stack.table, repository, "refs/heads/main")).toEqual(before);
    expect(received(connection)).toBe(0);
    expect(await stepOf(connection)).toBe("1");
  });

  it("leads to a sync by the host's account of who pushed, once however often it comes", async () => {
    const sha = await write(connection, "3");
    const sent = headers(body, randomUUID());
    expect((await deliver(connection, body, sent)).status).toBe(202);
    await synced(stack, `from-${connection}`, sha);
    expect(await stepOf(connection)).toBe("3");
    await slackSays(stack, `from-${connection}`, "is synced", `pushed by ${pusher}`);

    const count = received(connection);
    expect(count).toBeGreaterThan(0);
    expect(await deliver(connection, body, sent)).toMatchObject({ status: 202, text: expect.stringContaining('"accepted":0') });
    expect(received(connection)).toBe(count);
  });
});
