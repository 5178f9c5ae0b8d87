/** The tools of the kubectl layer: part of every render input, so that another version renders anew. */
export const toolVersions = "kubectl v1.36.3, helm v4.2.3";
