import type * as z from "zod/mini";
import type { Json } from "../model/json.ts";
import { valueAt } from "../model/schema-problem.ts";
import {
  DestinationManifest,
  RetryManifest,
  SourceManifest,
  type WrittenDestination,
  type WrittenRetry,
  type WrittenSource,
} from "./application-schema.ts";

/** As much of an Application as can be read, so that one wrong field does not hide what else is wrong. */
export interface ApplicationDraft {
  readonly name: string | undefined;
  /** Which fields are there at all, readable or not. */
  readonly gives: { readonly spec: boolean; readonly source: boolean; readonly sources: boolean; readonly sourceHydrator: boolean };
  readonly source: WrittenSource | undefined;
  readonly sources: readonly (WrittenSource | undefined)[] | undefined;
  readonly destination: WrittenDestination | undefined;
  readonly retry: WrittenRetry | undefined;
  readonly revisionHistoryLimit: number | undefined;
}

export const applicationDraft = (written: Json): ApplicationDraft => {
  const name = valueAt(written, ["metadata", "name"]);
  const sources = valueAt(written, ["spec", "sources"]);
  const limit = valueAt(written, ["spec", "revisionHistoryLimit"]);
  const gives = (field: string) => valueAt(written, ["spec", field]) !== undefined;
  return {
    name: typeof name === "string" ? name : undefined,
    gives: {
      spec: typeof valueAt(written, ["spec"]) === "object",
      source: gives("source"),
      sources: gives("sources"),
      sourceHydrator: gives("sourceHydrator"),
    },
    source: read(SourceManifest, valueAt(written, ["spec", "source"])),
    sources: Array.isArray(sources) ? sources.map((row) => read(SourceManifest, row)) : undefined,
    destination: read(DestinationManifest, valueAt(written, ["spec", "destination"])),
    retry: read(RetryManifest, valueAt(written, ["spec", "syncPolicy", "retry"])),
    revisionHistoryLimit: typeof limit === "number" ? limit : undefined,
  };
};

const read = <S extends z.ZodMiniType>(schema: S, value: unknown): z.output<S> | undefined => {
  const checked = schema.safeParse(value);
  return checked.success ? checked.data : undefined;
};
