import { describe, expect, it } from "vitest";
import { healthOf } from "../../../shared/health/health.ts";
import type { JsonObject } from "../../../shared/model/json.ts";
import type { HealthStatus } from "../../../shared/model/operation.ts";
import { condition, live } from "./objects.ts";

export interface Fields {
  readonly spec?: JsonObject;
  readonly status?: JsonObject;
  readonly metadata?: JsonObject;
}

/** A named state of an object and what is made of it. "none": it has no health. */
export type State = readonly [state: string, fields: Fields, expected: HealthStatus | "none", message?: string];

/** One test for each state of a kind, such as `states("bitnami.com/v1alpha1", "SealedSecret", [["just created", {}, "Progressing"]])`. */
export const states = (apiVersion: string, kind: string, rows: readonly State[]): void => {
  describe(`health of ${kind} in ${apiVersion}`, () => {
    for (const [state, fields, expected, message] of rows) {
      it(state, () => {
        const health = healthOf(live(apiVersion, kind, fields));
        expect(health?.status ?? "none").toBe(expected);
        if (message !== undefined) expect(health?.message).toBe(message);
      });
    }
  });
};

type Words = readonly [type: string, status: string, reason?: string, message?: string];

/** Fields of an object with these conditions and nothing else. */
export const said = (...conditions: readonly Words[]): Fields => ({
  status: { conditions: conditions.map((words) => condition(...words)) },
});

export const status = (fields: JsonObject): Fields => ({ status: fields });

/** The three states of a kind with one condition that tells all, and the one before its controller came. */
export const readyOrNot = (type: string): readonly State[] => [
  ["just created", {}, "Progressing"],
  [`${type}`, said([type, "True"]), "Healthy"],
  [`not ${type}`, said([type, "False", "Failed", "it does not work"]), "Degraded", "it does not work"],
  [`not known to be ${type}`, said([type, "Unknown", "Working"]), "Progressing", "Working"],
];
