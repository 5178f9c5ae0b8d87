import type { Application, SyncPolicy } from "../../../shared/model/application.ts";

/** An Application of project `shop` in namespace `production`; automated where nothing else is said. */
export const anApplication = (fields: Partial<Application> = {}): Application => ({
  name: "web",
  namespace: "argocd",
  project: "shop",
  labels: {},
  annotations: {},
  finalizers: [],
  sources: [{ repoURL: "https://github.com/org/repo", targetRevision: "main", path: "apps/web" }],
  destination: { server: "https://10.0.0.1:6443", namespace: "production" },
  syncPolicy: automated(),
  ignoreDifferences: [],
  revisionHistoryLimit: 10,
  ...fields,
});

export const automated = (flags: Partial<NonNullable<SyncPolicy["automated"]>> = {}): SyncPolicy => ({
  automated: { prune: true, selfHeal: true, allowEmpty: false, ...flags },
  syncOptions: [],
});
