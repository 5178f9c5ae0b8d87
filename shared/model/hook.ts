/** Which phase of an operation a hook runs in; PreDelete and PostDelete belong to the removal of an Application. */
export const hookPhases = ["PreSync", "Sync", "PostSync", "SyncFail", "PreDelete", "PostDelete"] as const;
export type HookPhase = (typeof hookPhases)[number];

/** When a hook's object is deleted again. */
export const hookDeletePolicies = ["BeforeHookCreation", "HookSucceeded", "HookFailed"] as const;
export type HookDeletePolicy = (typeof hookDeletePolicies)[number];
