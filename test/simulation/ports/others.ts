import { unpackBundle } from "../../../shared/model/bundle.ts";
import { Failure } from "../../../shared/model/failure.ts";
import type { Artifacts } from "../../../shared/ports/artifacts.ts";
import type { Cage } from "../../../shared/ports/cage.ts";
import type { Charts } from "../../../shared/ports/charts.ts";
import type { Git, RemoteRefs } from "../../../shared/ports/git.ts";
import type { Secrets } from "../../../shared/ports/secrets.ts";
import type { Slack } from "../../../shared/ports/slack.ts";
import type { Call } from "../gate.ts";

export const gatedArtifacts = (artifacts: Artifacts, call: Call): Artifacts => ({
  get: (key) => call("artifacts", "get", key, () => artifacts.get(key)),
  has: (key) => call("artifacts", "has", key, () => artifacts.has(key)),
  put: (key, bytes) => call("artifacts", "put", key, () => artifacts.put(key, bytes)),
});

/** `shown` is what the host shows of its refs at this moment: it may lag behind. */
export const gatedGit = (git: Git, call: Call, shown: (url: string, refs: RemoteRefs) => RemoteRefs = (_, refs) => refs): Git => ({
  listRefs: (access, also) => call("git", "listRefs", access.url, async () => shown(access.url, await git.listRefs(access, also))),
  snapshot: (access, revision) => call("git", "snapshot", access.url, () => git.snapshot(access, revision)),
});

export const gatedCharts = (charts: Charts, call: Call): Charts => ({
  find: (repository, chart, range) => call("charts", "find", repository.url, () => charts.find(repository, chart, range)),
  resolve: (repository, chart, range) => call("charts", "resolve", repository.url, () => charts.resolve(repository, chart, range)),
});

export const gatedSecrets = (secrets: Secrets, call: Call): Secrets => ({
  read: (name) => call("secrets", "read", name, () => secrets.read(name)),
});

export const gatedSlack = (slack: Slack, call: Call): Slack => ({
  send: (webhook, message) => call("slack", "send", webhook.secret, () => slack.send(webhook, message)),
  post: (bot, channel, message) => call("slack", "post", channel, () => slack.post(bot, channel, message)),
  update: (bot, posted, message) => call("slack", "update", posted.channel, () => slack.update(bot, posted, message)),
});

/** What kustomize makes of a folder whose kustomization only lists resources: those files, one after the other. */
export const gatedCage = (call: Call): Cage => ({
  run: (request) =>
    call("cage", "run", request.tool, async () => {
      const files = request.bundles.flatMap(({ packed }) => unpackBundle(packed));
      const texts = files.filter(({ path }) => path.endsWith(".json")).map(({ bytes }) => Buffer.from(bytes).toString("utf8"));
      if (request.tool !== "kustomize") throw new Failure("RenderFailed", request.tool, "only kustomize is simulated");
      return { state: "done", output: texts.join("\n---\n") };
    }),
});
