import { startStackControl } from "../stack-control.ts";
import { removeStackFile, writeStackFile } from "../stack-file.ts";
import { whereabouts } from "../stand-ins/start.ts";
import type { Stack } from "./start-stack.ts";

/** Opens the control endpoint and writes the stack file: from now on the `fairlead` command finds the stack. Undone by `stop`. */
export const announce = async (stack: Stack, installation: string): Promise<{ stop(): Promise<void> }> => {
  const { folders, clusters, standIns, functions, git, webhook } = stack;
  const controlled = clusters.flatMap(({ name, control }) => (control ? [{ name, ...control }] : []));
  const control = await startStackControl(controlled);
  const { FAIRLEAD_TABLE: table, FAIRLEAD_BUCKET: bucket, FAIRLEAD_PUSHES: pushes } = whereabouts(standIns);
  await writeStackFile(folders.stackFile, {
    v: 1,
    pid: process.pid,
    startedAt: new Date().toISOString(),
    aws: { ...standIns.environment },
    table,
    bucket,
    queues: { pushes, renders: standIns.queueUrl("renders"), notices: standIns.queueUrl("notices"), syncs: syncsOf(standIns) },
    installation,
    secrets: folders.secrets,
    control: { url: control.url, token: control.token },
    clusters: clusters.map(({ name, kubeconfig }) => ({ name, kubeconfig })),
    git: git.remote,
    webhook: webhook ?? functions.url,
  });
  return {
    stop: async () => {
      await removeStackFile(folders.stackFile);
      await control.stop();
    },
  };
};

const syncsOf = (standIns: Stack["standIns"]): Record<string, string> => ({ public: standIns.queueUrl("syncs-public") });
