import { parseInstallation } from "../../../shared/config/parse-installation.ts";
import type { Installation } from "../../../shared/config/schema.ts";

/** A complete file; each test changes the lines it is about. */
export const completeFile = `# what this installation is
controlRepository:
  repoURL: https://github.com/acme/gitops
  targetRevision: main
  path: argocd
  recurse: true
defaultCluster: production
connections:
  - name: github
    suffix: 7f3k
    provider: github
    secret: webhooks/github
    repositories: ["github.com/acme/*"]
    pollSeconds: 300
apiWebhook: github
clusters:
  - name: production
    eks:
      cluster: arn:aws:eks:eu-west-1:111122223333:cluster/production
      roleArn: arn:aws:iam::111122223333:role/fairlead
      externalId: x1
  - name: office
    server: https://10.0.0.1:6443
    caData: Y2E=
    credentials: clusters/office
    network: office
mirrors:
  - from: https://github.com/
    to: https://git.acme.example/mirrors/
repositoryCredentials:
  - prefix: https://github.com/acme/
    secret: repositories/acme
slack:
  - name: everyone
    webhookSecret: slack/everyone
  - name: bot
    tokenSecret: slack/bot
    channel: "#deployments"
    projects: [payments]
intervals:
  driftSeconds: 600
`;

export const installationOf = (text: string): Installation => {
  const answer = parseInstallation(text, "fairlead.yaml");
  if (answer.state === "refused") throw answer.failure;
  return answer.installation;
};

/** `line:column: message` of each problem. */
export const problemsIn = (text: string): readonly string[] => {
  const answer = parseInstallation(text, "fairlead.yaml");
  return answer.state === "parsed" ? [] : answer.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
};
