import { rulesOf } from "../argocd/project-rules.ts";
import type { Application } from "../model/application.ts";
import { Failure } from "../model/failure.ts";
import { globMatches } from "../model/glob.ts";
import type { Project } from "../model/project.ts";

/**
 * The user that a sync writes as, as Argo CD's code has it: the first of the AppProject's `destinationServiceAccounts` whose server and namespace
 * match, its account in the destination's namespace where it names none. `addresses`: what the cluster is called by.
 * @throws Failure ApplyRefused where none matches: our own rights are nobody's fallback
 */
export const impersonatedUser = (
  { name, namespace: home, destination, project }: Pick<Application, "name" | "namespace" | "destination" | "project">,
  declared: Pick<Project, "name" | "spec"> | undefined,
  addresses: readonly string[],
): string => {
  const rules = declared ? rulesOf(declared).destinationServiceAccounts : [];
  const { namespace } = destination;
  const found = rules.find(
    (rule) => addresses.some((address) => globMatches(rule.server, address)) && globMatches(rule.namespace, namespace),
  );
  if (found) return `system:serviceaccount:${found.account.includes(":") ? found.account : `${namespace || home}:${found.account}`}`;
  const where = `server ${addresses[0] ?? "unknown"}, namespace ${namespace === "" ? "none" : namespace}`;
  throw new Failure(
    "ApplyRefused",
    name,
    `AppProject ${project} names no service account for the destination of ${name} (${where}), and syncs are impersonated; add one to spec.destinationServiceAccounts`,
  );
};
