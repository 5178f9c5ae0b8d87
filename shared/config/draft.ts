import type * as z from "zod/mini";
import type { ClusterRecord } from "../model/cluster.ts";
import type { Connection } from "../model/connection.ts";
import { controlRepositoryField, type Installation, mirrorField } from "./schema.ts";
import { clusterField } from "./schema-clusters.ts";
import { connectionField, slackField } from "./schema-webhooks.ts";

/** As much of an installation as can be read, so that one wrong field does not hide what else is wrong. */
export interface Draft {
  readonly controlRepository: Installation["controlRepository"] | undefined;
  readonly connections: readonly (Connection | undefined)[];
  readonly clusters: readonly (ClusterRecord | undefined)[];
  readonly slack: readonly (Installation["slack"][number] | undefined)[];
  readonly mirrors: readonly (Installation["mirrors"][number] | undefined)[];
  readonly apiWebhook: string | undefined;
  readonly allowLoopback: boolean;
  readonly allowPlainHttp: boolean;
}

export const draftOf = (value: unknown): Draft => ({
  controlRepository: read(controlRepositoryField, fieldOf(value, "controlRepository")),
  connections: rows(connectionField, fieldOf(value, "connections")),
  clusters: rows(clusterField, fieldOf(value, "clusters")),
  slack: rows(slackField, fieldOf(value, "slack")),
  mirrors: rows(mirrorField, fieldOf(value, "mirrors")),
  apiWebhook: stringOf(fieldOf(value, "apiWebhook")),
  allowLoopback: (fieldOf(value, "allowLoopback") ?? false) !== false,
  allowPlainHttp: (fieldOf(value, "allowPlainHttp") ?? false) !== false,
});

const read = <S extends z.ZodMiniType>(schema: S, value: unknown): z.output<S> | undefined => {
  const checked = schema.safeParse(value);
  return checked.success ? checked.data : undefined;
};

const rows = <S extends z.ZodMiniType>(schema: S, value: unknown): readonly (z.output<S> | undefined)[] =>
  Array.isArray(value) ? value.map((row) => read(schema, row)) : [];

const fieldOf = (value: unknown, field: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, field) : undefined;

const stringOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
