import * as z from "zod/mini";
import { usualBudget } from "../model/request-budget.ts";
import { clusterField } from "./schema-clusters.ts";
import { driftField } from "./schema-drift.ts";
import { about, optional, orElse, repositoryUrl, secretName, text, whole, word } from "./schema-fields.ts";
import { connectionField, slackField } from "./schema-webhooks.ts";

/**
 * The installation file `fairlead.yaml`: what this installation is, and where its repositories, clusters and secrets are found. Everything
 * else stands in the control repository. Each field's meaning and default is said here and published from here.
 */
export const controlRepositoryField = z.strictObject({
  repoURL: repositoryUrl("The Git repository that declares Applications, projects and clusters."),
  targetRevision: orElse(text("Branch, tag or commit to follow."), "HEAD"),
  path: orElse(text("Directory in it."), "."),
  recurse: orElse(about("Whether plain files in directories below `path` are read too.", z.boolean()), false),
  name: orElse(word("Name of the Application that stands for the control repository itself."), "control"),
});

const intervals = z.strictObject({
  sweepSeconds: orElse(whole(60, 3_600, "How often what is dirty or overdue is sent again."), 60),
  pollSeconds: orElse(whole(60, 86_400, "How often ref heads are looked up for webhooks that never came."), 180),
  driftSeconds: orElse(whole(60, 86_400, "How often each cluster is compared with the stored manifests."), 180),
});

const MiB = 1024 * 1024;

const limits = z.strictObject({
  repositoryBytes: orElse(whole(MiB, 8192 * MiB, "Largest commit that is downloaded, in bytes of its files."), 1024 * MiB),
  bundleBytes: orElse(whole(MiB, 1024 * MiB, "Largest set of files that one Application's render may need, in bytes."), 128 * MiB),
  chartBytes: orElse(whole(MiB, 256 * MiB, "Largest chart that is downloaded, in bytes."), 32 * MiB),
  renderSeconds: orElse(whole(1, 100, "Longest time a tool may take to render."), 90),
  renderBytes: orElse(whole(MiB, 512 * MiB, "Largest output of a render, in bytes."), 64 * MiB),
  requestsPerCluster: orElse(
    whole(1, 1_000, "Requests of all syncs together that are in flight to one cluster. An eighth is kept for projects that have none."),
    usualBudget.requests,
  ),
  requestsPerSecond: orElse(
    whole(1, 10_000, "Requests a second of all syncs together to one cluster; what was not used for two seconds may be used at once."),
    usualBudget.perSecond,
  ),
});

const sync = z.strictObject({
  waveDelaySeconds: orElse(
    whole(
      0,
      900,
      "How long a sync waits between two waves, so that controllers see the first before the second comes (Argo CD's ARGOCD_SYNC_WAVE_DELAY).",
    ),
    2,
  ),
});

export const mirrorField = z.strictObject({
  from: text("Start of URLs as Applications have them."),
  to: text("What stands there instead when the repository is read."),
});

const repositoryCredential = z.strictObject({
  prefix: text("Start of repositories' URLs, such as https://github.com/acme/. The longest matching one wins."),
  secret: secretName("Entry of the secret store: `username` and `password`, or `sshPrivateKey` and `knownHosts`."),
});

export const InstallationSchema = z.strictObject({
  controlRepository: about("Where Applications, projects and clusters are declared.", controlRepositoryField),
  controlNamespace: orElse(word("Namespace in which these objects are declared, as they are for Argo CD."), "argocd"),
  defaultCluster: optional(
    text("Cluster that https://kubernetes.default.svc and the name in-cluster mean. Default: the cluster below, where there is one only."),
  ),
  connections: orElse(about("Git hosts that may send webhooks.", z.array(connectionField)), []),
  apiWebhook: optional(text("Connection that /api/webhook is another name of, for webhooks that were set up for Argo CD.")),
  clusters: orElse(about("Clusters that are not declared in the control repository.", z.array(clusterField)), []),
  allowLoopback: orElse(about("Whether clusters may be on the machine this runs on. For one machine only.", z.boolean()), false),
  allowPlainHttp: orElse(about("Whether repositories may be read over http without encryption. For one machine only.", z.boolean()), false),
  mirrors: orElse(
    about(
      "Other places of repositories and chart repositories; the longest matching `from` wins, as in git's insteadOf.",
      z.array(mirrorField),
    ),
    [],
  ),
  repositoryCredentials: orElse(
    about(
      "How repositories and chart repositories are logged in to; the others are read without credentials.",
      z.array(repositoryCredential),
    ),
    [],
  ),
  slack: orElse(about("Where people hear about their Applications.", z.array(slackField)), []),
  link: optional(text("Start of the address at which people see an Application; its name is added. Messages have no link without it.")),
  intervals: z.prefault(
    about("How often things happen that no push causes. On AWS rounded up to whole minutes, as its schedules are.", intervals),
    {},
  ),
  drift: z.prefault(about("How changes made by hand are found.", driftField), {}),
  sync: z.prefault(about("How syncs go.", sync), {}),
  limits: z.prefault(about("Sizes and times beyond which work is refused by name.", limits), {}),
});

export type Installation = z.output<typeof InstallationSchema>;
