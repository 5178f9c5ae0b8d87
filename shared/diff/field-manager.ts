/** Our identity in server-side apply. It never changes: the cluster remembers what is ours by it. */
export const fieldManager = "fairlead";
