import type { Fault } from "./faults.ts";

/** A schedule as data: what stands at the beginning, what people do, what goes wrong. The seed decides everything else. */
export interface Plan {
  readonly seed: string;
  readonly clusters: readonly string[];
  readonly applications: readonly ApplicationPlan[];
  /** Whether a control repository declares the Applications; else they stand in the table when it begins. */
  readonly control: boolean;
  readonly steps: readonly Step[];
  readonly faults: readonly Fault[];
}

export interface ApplicationPlan {
  readonly name: string;
  readonly repository: string;
  /** "default" where there is none. */
  readonly project?: string;
  readonly tool: "directory" | "kustomize";
  readonly cluster: string;
  readonly namespace: string;
  readonly selfHeal: boolean;
  /** Syncs that its history keeps; as many as everybody's without it. */
  readonly historyLimit?: number;
  readonly objects: readonly ObjectPlan[];
}

export interface ObjectPlan {
  readonly name: string;
  readonly kind: ObjectKind;
  readonly wave: number;
}

export type ObjectKind = "ConfigMap" | "Secret" | "Deployment" | "Hook" | "Crd" | "Thing";

export type Step = {
  /** Milliseconds from the start. */
  readonly at: number;
} & (
  | { readonly do: "push"; readonly repository: string; readonly changes: readonly Change[] }
  /** So many pushes, one right after the other. */
  | { readonly do: "burst"; readonly repository: string; readonly application: string; readonly pushes: number; readonly within: number }
  /** The branch is forced back to where it was so many pushes ago. */
  | { readonly do: "force-back"; readonly repository: string; readonly by: number }
  /** The Application's folder is emptied by mistake, and filled again by the same people so many ms later. */
  | { readonly do: "wipe"; readonly application: string; readonly lasts: number }
  /** Somebody changes, or deletes, one of its objects in the cluster. */
  | { readonly do: "edit" | "delete"; readonly application: string; readonly index: number }
  /** A person rolls it back to an earlier entry of its history, and so many ms later the same people push a newer commit. */
  | { readonly do: "roll-back"; readonly application: string; readonly lasts: number }
  /** A person asks for a sync. */
  | { readonly do: "ask"; readonly application: string }
  /** The Application is withdrawn, with its objects. */
  | { readonly do: "withdraw"; readonly application: string }
  /** The control repository declares it in another way, and so many ms later again as before. */
  | { readonly do: "redeclare"; readonly application: string; readonly lasts: number }
  /** An event of the schedule comes out of turn. */
  | { readonly do: "scan"; readonly scan: "sweep" | "poll" | "drift" }
  /** A controller writes the status of one of its objects. */
  | { readonly do: "touch"; readonly application: string; readonly index: number }
);

export interface Change {
  readonly application: string;
  readonly how: "bump" | "add" | "drop";
  readonly index: number;
}

/** Name of the control repository's own Application. */
export const controlName = "control";
export const host = "https://git.example.com";
export const controlRepository = `${host}/fleet/control.git`;

export const describeStep = ({ at, do: what, ...rest }: Step): string => `${(at / 1000).toFixed(3)} s ${what} ${JSON.stringify(rest)}`;
