import { newSha, oldSha, zeroSha } from "./shas.ts";

const push = (refUpdates: readonly object[]) => ({
  subscriptionId: "a8f1c1c0-44a5-4a0b-8f5e-8d0c0e3d1a11",
  notificationId: 3,
  id: "03c164c2-8912-4d5e-8009-3707d5f83734",
  eventType: "git.push",
  publisherId: "tfs",
  message: { text: "Grace Hopper pushed updates to web:main.", html: "Grace Hopper pushed updates to web:main." },
  resource: {
    commits: [{ commitId: newSha, comment: "Scale to 3", url: `https://dev.azure.com/acme/_git/web/commit/${newSha}` }],
    refUpdates,
    repository: {
      id: "278d5cd2-584d-4b63-824a-2ba458937249",
      name: "web",
      url: "https://dev.azure.com/acme/_apis/git/repositories/278d5cd2-584d-4b63-824a-2ba458937249",
      project: { id: "6ce954b1-ce1f-45d1-b94d-e6bf2464ba2c", name: "Big Shop", state: "wellFormed" },
      defaultBranch: "refs/heads/main",
      remoteUrl: "https://dev.azure.com/acme/Big%20Shop/_git/web",
    },
    pushedBy: { id: "00067FFED5C7AF52@Live.com", displayName: "Grace Hopper", uniqueName: "grace@example.com" },
    pushId: 14,
    date: "2026-05-04T09:59:59Z",
  },
  resourceVersion: "1.0",
  createdDate: "2026-05-04T10:00:00Z",
});

const main = { name: "refs/heads/main", oldObjectId: oldSha, newObjectId: newSha };

/** https://learn.microsoft.com/azure/devops/service-hooks/events#git.push */
export const azureDevOpsPayloads = {
  push: push([main]),
  several: push([
    main,
    { name: "refs/heads/old", oldObjectId: oldSha, newObjectId: zeroSha },
    { name: "refs/tags/v1", oldObjectId: zeroSha, newObjectId: newSha },
  ]),
  /** Subscriptions with "Resource details to send: Minimal". */
  minimal: { ...push([]), resource: { pushId: 14, url: "https://dev.azure.com/acme/_apis/git/repositories/278d5cd2/pushes/14" } },
  workItem: { ...push([]), eventType: "workitem.updated", resource: { id: 2, workItemId: 297 } },
};

export const azureSecret = { username: "fairlead", value: "an azure password" };

export const azureHeaders = (changes: Readonly<Record<string, string>> = {}) => ({
  "Content-Type": "application/json; charset=utf-8",
  Authorization: `Basic ${Buffer.from(`${azureSecret.username}:${azureSecret.value}`).toString("base64")}`,
  "X-VSS-ActivityId": "b9cf1e3d-7d4f-4f0e-a4e9-94e9a7e0f2d1",
  ...changes,
});
