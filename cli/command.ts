import type { ParseArgsOptionsConfig } from "node:util";
import type { OfferedAction } from "../shared/actions/action.ts";
import type { ActionRequest } from "../shared/actions/run-action.ts";
import type { Orphans } from "../shared/drift/orphaned-resources.ts";
import type { Application } from "../shared/model/application.ts";
import type { ApplicationEvent } from "../shared/model/event.ts";
import type { Json } from "../shared/model/json.ts";
import type { Manifest } from "../shared/model/manifest.ts";
import type { ObjectResult } from "../shared/model/operation.ts";
import type { ResourceKey } from "../shared/model/resource-key.ts";
import type { DeadLetters } from "../shared/ports/dead-letters.ts";
import type { Queue } from "../shared/ports/queue.ts";
import type { Table } from "../shared/ports/table.ts";
import type { ApplicationState } from "../shared/state/application-state.ts";
import type { PushMessage, SyncMessage } from "../shared/state/messages.ts";
import type { Preview } from "../shared/sync/preview.ts";
import type { TryOut, TryOutSubject } from "../shared/sync/try-out.ts";

/** One word of the `fairlead` command. Adding one is a file in commands/ and a row in commands.ts. */
export interface Command {
  /** `status`, `local stop-cluster`. */
  readonly name: string;
  /** Its arguments as help shows them: `[APPLICATION]`. Those in brackets may be left out. */
  readonly parameters: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What else there is to know. */
  readonly details?: string;
  readonly options: Readonly<Record<string, Option>>;
  run(given: Given, world: CommandWorld): Promise<Answer>;
}

export type Option = ParseArgsOptionsConfig[string] & { readonly about: string };

export interface Given {
  readonly parameters: readonly string[];
  flag(name: string): boolean;
  text(name: string): string | undefined;
  /** All values of an option that may be given more than once. */
  texts(name: string): readonly string[];
}

/** What a command says: to people, and to programs with --json. */
export interface Answer {
  readonly text: string;
  readonly json: Json;
  /** 0 unless the answer is "no": 1. */
  readonly exitCode?: number;
}

/** What commands act on. Opened when the first command asks: help needs no running stack. */
export interface CommandWorld {
  /** By default the local one, which is looked for. */
  stack(place?: StackPlace): Promise<Stack>;
  now(): number;
  pause(milliseconds: number): Promise<void>;
  /** A line for people while they wait; programs that read the answer do not see it. */
  say(line: string): void;
  /** Who asks, for history. */
  readonly user: string;
}

/** Which stack is meant. */
export interface StackPlace {
  /** Where a local one keeps its state. */
  readonly folder?: string | undefined;
  /** The file with the outputs of a deployed one, and the installation file that it was deployed with. */
  readonly deployed?: string | undefined;
  readonly config?: string | undefined;
}

export interface Stack {
  readonly table: Table;
  readonly pushes: Queue<PushMessage>;
  /** The queue of the functions that reach a cluster. */
  syncsOf(cluster: string): Queue<SyncMessage>;
  /** What went to the dead-letter queue of each queue, by the queue's name. */
  readonly deadLetters: Readonly<Record<string, DeadLetters>>;
  /** The manifests of an operation, by the digest that its history entry has; undefined when they are not in the artifact store. */
  manifests(digest: string): Promise<readonly Manifest[] | undefined>;
  /** The result of every object of an entry of history that was not unchanged. Throws Failure where the artifact store has lost them. */
  results(event: ApplicationEvent): Promise<readonly ObjectResult[]>;
  /** What a sync would change; reads the cluster. */
  preview(application: Application, state: ApplicationState): Promise<Preview>;
  /** Tries a sync on the server without changing anything; reads the cluster. */
  tryOut(subject: TryOutSubject): Promise<TryOut>;
  /** The actions that there are for each of the objects now. One that is not there, or not the Application's, has `refused` instead. */
  offeredActions(application: string, objects: readonly ResourceKey[], state: ApplicationState): Promise<readonly Offered[]>;
  /** Runs one on the live object. Throws Failure with a sentence where it cannot be run. */
  runAction(request: ActionRequest, state: ApplicationState): Promise<readonly ObjectResult[]>;
  /** Objects in the Application's namespaces that no Application owns; lists all kinds of the cluster. */
  orphans(application: Application, state: ApplicationState): Promise<Orphans>;
  /** Asks the local stack itself. Throws with the stack's own words when it refuses. */
  control(path: string): Promise<void>;
}

export type Offered = { readonly object: ResourceKey } & ({ readonly actions: readonly OfferedAction[] } | { readonly refused: string });

/** The command line is wrong: told with the command's usage, exit code 2. */
export class UsageError extends Error {}

/** What was asked for cannot be had: one sentence, exit code 1. */
export class CommandError extends Error {}
