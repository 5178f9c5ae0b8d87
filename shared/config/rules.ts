import type { ClusterRecord } from "../model/cluster.ts";
import type { FieldPath, FieldProblem } from "../model/field-problem.ts";
import type { Draft } from "./draft.ts";

/** What the schema cannot say: fields that need, exclude or name each other. Rows that the schema refused are left out. */
export const installationProblems = (draft: Draft): readonly FieldProblem[] => [
  ...repeatedNames(draft.connections, "connections"),
  ...repeatedNames(draft.clusters, "clusters"),
  ...repeatedNames(draft.slack, "slack"),
  ...aliasProblems(draft),
  ...clusterProblems(draft),
  ...urlProblems(draft),
  ...slackProblems(draft),
];

const repeatedNames = (rows: readonly ({ readonly name: string } | undefined)[], field: string): readonly FieldProblem[] =>
  rows.flatMap((row, index) => {
    const first = rows.findIndex((other) => other?.name === row?.name);
    const name = row?.name;
    return name === undefined || first === index
      ? []
      : [problem([field, index, "name"], `is ${JSON.stringify(name)} as in ${field}[${first}]; give each its own name`)];
  });

const aliasProblems = ({ apiWebhook, connections }: Draft): readonly FieldProblem[] => {
  if (apiWebhook === undefined || connections.some((row) => row === undefined || row.name === apiWebhook)) return [];
  const names = connections.flatMap((row) => (row ? [row.name] : [])).join(", ");
  return [problem(["apiWebhook"], `names no connection; write one of ${names === "" ? "those under connections" : names}`)];
};

const clusterProblems = ({ clusters, allowLoopback }: Draft): readonly FieldProblem[] =>
  clusters.flatMap((cluster, index) => (cluster ? oneCluster(cluster, ["clusters", index], allowLoopback) : []));

const oneCluster = (
  { eks, server, credentials, name }: ClusterRecord,
  path: FieldPath,
  allowLoopback: boolean,
): readonly FieldProblem[] => {
  const problems: FieldProblem[] = [];
  const wrong = (fields: FieldPath, message: string) => problems.push(problem([...path, ...fields], message));
  if (name === "in-cluster") wrong(["name"], "is what the default cluster is also called; write another name");
  if (eks && server) wrong(["server"], "stands beside eks, which looks the address up; give one of the two");
  if (!eks && !server && !credentials) wrong([], "has neither eks nor server nor credentials with a kubeconfig; give one of them");
  if (server && !credentials) wrong(["credentials"], "is missing; name the entry of the secret store with a token or a client certificate");
  if (eks && !eks.cluster.startsWith("arn:") && !eks.region)
    wrong(["eks", "region"], "is missing; a cluster's name needs its region (an ARN has it)");
  if (server && !allowLoopback && isLoopback(server)) wrong(["server"], "is this machine; set allowLoopback: true where that is meant");
  return problems;
};

const isLoopback = (url: string): boolean => /^https?:\/\/(localhost|127\.|\[::1\])/i.test(url);

const urlProblems = ({ controlRepository, allowPlainHttp, mirrors }: Draft): readonly FieldProblem[] => {
  if (allowPlainHttp) return [];
  const urls = [
    { path: ["controlRepository", "repoURL"], url: controlRepository?.repoURL },
    ...mirrors.map((mirror, index) => ({ path: ["mirrors", index, "to"], url: mirror?.to })),
  ];
  return urls
    .filter(({ url }) => url?.startsWith("http://"))
    .map(({ path }) => problem(path, "is plain http, which anyone on the way can read; write https, or set allowPlainHttp: true"));
};

const slackProblems = ({ slack }: Draft): readonly FieldProblem[] =>
  slack.flatMap((row, index) => {
    if (!row) return [];
    const { webhookSecret, tokenSecret, channel } = row;
    const path = ["slack", index];
    if (webhookSecret && tokenSecret) return [problem([...path, "tokenSecret"], "stands beside webhookSecret; give one of the two")];
    if (!webhookSecret && !tokenSecret) return [problem(path, "has neither webhookSecret nor tokenSecret; give one of the two")];
    if (tokenSecret && !channel) return [problem([...path, "channel"], "is missing; a bot has to be told where to write")];
    const useless = "has no effect beside webhookSecret: the webhook belongs to a channel; leave it out";
    return webhookSecret && channel ? [problem([...path, "channel"], useless)] : [];
  });

const problem = (path: FieldPath, message: string): FieldProblem => ({ path, message });
