import { controlApplication } from "../../../shared/config/control-application.ts";
import type { Application } from "../../../shared/model/application.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { declareControl } from "../../../shared/registry/declare-control.ts";
import { type RegistryOutcome, registerObjects } from "../../../shared/registry/register-objects.ts";
import { readApplication } from "../../../shared/state/applications.ts";
import type { PushMessage, SyncMessage } from "../../../shared/state/messages.ts";
import { memoryQueue } from "../../fakes/memory-queue.ts";
import { memoryTable } from "../../fakes/memory-table.ts";
import { installationOf } from "../config/installation.ts";

const file = `
controlRepository:
  repoURL: https://github.com/acme/gitops
clusters:
  - name: production
    server: https://10.0.0.1
    credentials: production
`;

/** A registry in memory with one cluster, `production`, and a control Application. `now` is what its clock says. */
export const openRegistry = async () => {
  const installation = installationOf(file);
  const world = {
    table: memoryTable(),
    clock: { now: () => 1_000 },
    pushes: memoryQueue<PushMessage>(),
    syncs: memoryQueue<SyncMessage>(),
    installation,
  };
  await declareControl(world);
  world.pushes.take();
  const sync = (parent: Application, manifests: readonly Manifest[], more: { prune?: boolean; approval?: string; digest?: string } = {}) =>
    registerObjects({ parent, manifests, prune: true, approval: undefined, digest: "render-1", ...more }, world);
  const control = controlApplication(installation);
  return {
    world,
    control,
    installation,
    /** What a commit to the control repository with these objects leads to. */
    push: (manifests: readonly Manifest[], more = {}) => sync(control, manifests, more),
    /** The same for the source of an Application that stands in the table. */
    pushTo: async (name: string, manifests: readonly Manifest[], more = {}) => {
      const parent = await readApplication(world.table, name);
      if (!parent) throw new Error(`${name} is not declared`);
      return sync(parent, manifests, more);
    },
  };
};

/** `action code name: message` of each result. */
export const told = ({ results }: RegistryOutcome): readonly string[] =>
  results.map(({ key, action, code, message }) => `${action} ${code} ${key.name}${message === undefined ? "" : `: ${message}`}`);

export const finalizer = "resources-finalizer.argocd.argoproj.io";
