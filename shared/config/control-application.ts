import type { Application } from "../model/application.ts";
import { defaultProject } from "../model/project.ts";
import type { Installation } from "./schema.ts";

/**
 * The control repository as the Application it is: fetched, rendered, compared, pruned and kept in history like any other. It comes from the
 * installation file, so nothing in Git can withdraw or change it.
 */
export const controlApplication = ({ controlRepository, controlNamespace }: Installation): Application => ({
  name: controlRepository.name,
  namespace: controlNamespace,
  project: defaultProject,
  labels: {},
  annotations: {},
  finalizers: [],
  sources: [
    {
      repoURL: controlRepository.repoURL,
      targetRevision: controlRepository.targetRevision,
      path: controlRepository.path,
      ...(controlRepository.recurse ? { directory: { recurse: true } } : {}),
    },
  ],
  destination: { server: "https://kubernetes.default.svc", namespace: controlNamespace },
  syncPolicy: { automated: { prune: true, selfHeal: true, allowEmpty: false }, syncOptions: [] },
  ignoreDifferences: [],
  revisionHistoryLimit: 50,
});
