/** What all workers together may ask of one cluster's API server. */
export interface RequestBudget {
  /** Requests in flight. */
  readonly requests: number;
  readonly perSecond: number;
}

/** An EKS control plane of the smallest size bears more than five times as many; what is above is left to those who live there. */
export const usualBudget: RequestBudget = { requests: 80, perSecond: 500 };
