/** How an object says which Application it belongs to: `application.resourceTrackingMethod` and its neighbours in argocd-cm. */
export interface Tracking {
  readonly method: TrackingMethod;
  /** `application.instanceLabelKey`: the label of the methods that set one. */
  readonly labelKey: string;
  /** `installationID`: tells two installations apart that have Applications of one name on one cluster; "" where there is none. */
  readonly installationId: string;
}

export const trackingMethods = ["annotation", "annotation+label", "label"] as const;
export type TrackingMethod = (typeof trackingMethods)[number];

export const defaultTracking: Tracking = { method: "annotation", labelKey: "app.kubernetes.io/instance", installationId: "" };
