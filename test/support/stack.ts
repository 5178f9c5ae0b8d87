import { vi } from "vitest";
import { startRunningStack } from "./running-stack.ts";

export type { TestStack } from "./running-stack.ts";

// Whatever a test waits for says itself what did not come: the test's own limit must not be faster.
vi.setConfig({ testTimeout: 150_000 });

/** Starts a stack over clusters that are running. `plan` changes its installation file. */
export const startTestStack = startRunningStack;
