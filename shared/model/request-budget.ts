/** What all workers together may ask of one cluster's API server. */
export interface RequestBudget {
  /** Requests in flight. */
  readonly requests: number;
  readonly perSecond: number;
}

/** An EKS control plane of the smallest size bears more than ten times as many in flight; what is above is left to those who live there. */
export const usualBudget: RequestBudget = { requests: 40, perSecond: 500 };
