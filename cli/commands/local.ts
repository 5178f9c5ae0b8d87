import type { Command } from "../command.ts";

const clusterCommand = (verb: "stop" | "start", summary: string, said: string): Command => ({
  name: `local ${verb}-cluster`,
  parameters: "CLUSTER",
  summary,
  options: {},
  run: async ({ parameters: [name = ""] }, world) => {
    const stack = await world.stack();
    await stack.control(`/clusters/${encodeURIComponent(name)}/${verb}`);
    return { text: `Cluster ${name} ${said}.`, json: { cluster: name, state: verb === "stop" ? "stopped" : "running" } };
  },
});

export const stopCluster = clusterCommand(
  "stop",
  "Take a cluster of the local stack away, as an outage would",
  "is stopped; everything it holds is kept",
);
export const startCluster = clusterCommand("start", "Give it back", "is running again");
