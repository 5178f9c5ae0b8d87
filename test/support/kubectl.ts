import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import { localTools } from "../../infra/local/tools.ts";

/** Runs the layer's kubectl against a cluster; answers what it printed, rejects with what it complained about. */
export async function kubectl(cluster: { kubeconfig: string }, args: readonly string[], input?: string): Promise<string> {
  const { kubectl: program } = await localTools();
  const running = promisify(execFile)(program, ["--kubeconfig", cluster.kubeconfig, ...args], {
    maxBuffer: 64 * 1024 * 1024,
    env: { HOME: tmpdir() },
  });
  running.child.stdin?.end(input ?? "");
  return (await running).stdout;
}
