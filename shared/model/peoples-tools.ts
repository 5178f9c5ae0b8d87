import type { ManagedFieldsEntry } from "./manifest.ts";

/**
 * Field managers that are people's tools, by prefix: kubectl and its subcommands, OpenShift's, the usual dashboards, what a browser or a
 * shell calls itself. Controllers and other GitOps tools are not among them. The installation file may give another list.
 */
export const defaultPeoplesTools: readonly string[] = [
  "kubectl",
  "oc",
  "k9s",
  "lens",
  "k8slens",
  "freelens",
  "headlamp",
  "dashboard",
  "Mozilla",
  "curl",
  "node-fetch",
];

/** `kubectl` is kubectl and kubectl-edit, not kubectlish; a browser's name goes on without a hyphen. What a tool wrote to the status is not people's. */
export const isPeoples = ({ manager = "", subresource }: ManagedFieldsEntry, tools: readonly string[] = defaultPeoplesTools): boolean =>
  subresource !== "status" &&
  tools.some((tool) => manager === tool || manager.startsWith(`${tool}-`) || (tool === "Mozilla" && manager.startsWith(tool)));
