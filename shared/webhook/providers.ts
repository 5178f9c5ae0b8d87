import type { ProviderName } from "../model/connection.ts";
import type { Provider } from "./delivery.ts";
import { azureDevOps } from "./providers/azure-devops.ts";
import { bitbucketCloud } from "./providers/bitbucket-cloud.ts";
import { bitbucketDataCenter } from "./providers/bitbucket-data-center.ts";
import { gitea } from "./providers/gitea.ts";
import { github } from "./providers/github.ts";
import { gitlab } from "./providers/gitlab.ts";

/** A Git host is one file and one row. */
export const providers: Readonly<Record<ProviderName, Provider>> = {
  github,
  gitlab,
  "bitbucket-cloud": bitbucketCloud,
  "bitbucket-data-center": bitbucketDataCenter,
  "azure-devops": azureDevOps,
  gitea,
  forgejo: gitea,
};
