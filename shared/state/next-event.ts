import type { Application } from "../model/application.ts";
import { type ApplicationEvent, addCounts, countResults, type EventKind, eventObjects, noCounts } from "../model/event.ts";
import type { ObjectResult, Trigger } from "../model/operation.ts";
import type { ApplicationState } from "./application-state.ts";
import { eventId } from "./events.ts";
import type { Operation } from "./operations.ts";
import { smallReason } from "./small.ts";

export interface EventFacts {
  readonly kind: EventKind;
  /** Who is at it, when it is not what the state's wish says. */
  readonly trigger?: Trigger;
  /** ms since 1970 */
  readonly now: number;
  readonly startedAt?: number;
  readonly results?: readonly ObjectResult[];
  /** What the earlier steps of the same operation did. */
  readonly earlier?: Pick<Operation, "counts" | "objects" | "stored" | "revision"> | undefined;
  readonly reason?: string | undefined;
  readonly outage?: boolean | undefined;
  /** Digest of the applied manifests. */
  readonly output?: string;
}

/** The next event of an Application, from what its state says of the wish it answers. */
export const nextEvent = (application: Application, state: ApplicationState, facts: EventFacts): ApplicationEvent => {
  const id = eventId(state.events + 1);
  const first = application.sources[0];
  // What broke the sources is the commit's, and `revisions` are those of the last evaluation that worked.
  const revision = (state.sourceError === undefined ? state.revisions[0]?.sha : state.commit?.sha) ?? "";
  // What is applied then is an earlier operation's, whatever Git says.
  const rolledBack = state.rollback !== undefined && state.rollback.insteadOf === state.input ? state.rollback : undefined;
  const asked = state.requested?.revision === undefined ? undefined : askedSha(state);
  // Another commit may have come while the operation was under way.
  const own = facts.earlier?.revision;
  const isNewest = own === undefined || own === state.revisions[0]?.sha;
  return {
    id,
    application: application.name,
    project: application.project,
    kind: facts.kind,
    at: new Date(facts.now).toISOString(),
    operation: `${state.desiredGeneration}`,
    cluster: state.cluster,
    namespace: application.destination.namespace,
    repository: first?.repoURL ?? "",
    revision: own ?? asked ?? (rolledBack ? (rolledBack.revision ?? "") : revision),
    ...(state.commit && !rolledBack && asked === undefined && isNewest && { commit: state.commit }),
    trigger: facts.trigger ?? (state.requested ? "manual" : state.drifted ? "self-heal" : state.trigger),
    ...personOf(state),
    counts: addCounts(facts.earlier?.counts ?? noCounts, countResults(facts.results ?? [])),
    objects: eventObjects([...(facts.earlier?.stored?.objects ?? []), ...(facts.earlier?.objects ?? []), ...(facts.results ?? [])]),
    ...(facts.reason !== undefined && { reason: smallReason(facts.reason) }),
    ...(facts.outage === true && { outage: true }),
    ...(facts.startedAt !== undefined && { durationMs: facts.now - facts.startedAt }),
    ...(state.desiredAt !== undefined && { secondsSincePush: (facts.now - state.desiredAt) / 1000 }),
    ...(facts.output !== undefined && { manifests: facts.output }),
  };
};

/** The commit of another revision that a sync was asked for; undefined while it is not known. */
export const askedSha = ({ requested, asked }: ApplicationState): string | undefined =>
  requested?.revision !== undefined && asked?.revision === requested.revision ? asked.sha : undefined;

const personOf = (state: ApplicationState) => {
  const person = state.requested?.by ?? state.pusher;
  return person === undefined ? {} : { pusher: person };
};
