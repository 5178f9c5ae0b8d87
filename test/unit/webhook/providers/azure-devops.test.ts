import { describe, expect, it } from "vitest";
import { azureDevOps } from "../../../../shared/webhook/providers/azure-devops.ts";
import { azureDevOpsPayloads as azure, azureHeaders, azureSecret } from "../../../support/payloads/azure-devops.ts";
import { newSha, oldSha } from "../../../support/payloads/shas.ts";
import { deliveryOf } from "../../../support/webhook-world.ts";

describe("Azure DevOps's login", () => {
  const verify = (authorization: string, secret: { readonly username: string; readonly value: string }) =>
    azureDevOps.verify(deliveryOf({ Authorization: authorization }, "{}"), secret);

  it("is HTTP basic as in RFC 7617's examples", () => {
    expect(verify("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", { username: "Aladdin", value: "open sesame" })).toBe(true);
    expect(verify("Basic dGVzdDoxMjPCow==", { username: "test", value: "123£" })).toBe(true);
    expect(verify("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", { username: "Aladdin", value: "open Sesame" })).toBe(false);
  });

  it.each(["", "Basic", "Basic ", "Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Basic !!!!", "Basic Og==", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="])(
    "refuses %j",
    (authorization) => {
      expect(verify(authorization, { username: "Aladdin", value: "open sesame" })).toBe(false);
    },
  );

  it("needs the password, not only the username", () => {
    const only = `Basic ${Buffer.from(`${azureSecret.username}:`).toString("base64")}`;
    expect(verify(only, azureSecret)).toBe(false);
    expect(azureDevOps.verify(deliveryOf(azureHeaders(), "{}"), azureSecret)).toBe(true);
  });
});

describe("Azure DevOps's payloads", () => {
  const parse = (payload: object) => azureDevOps.parse(deliveryOf(azureHeaders(), JSON.stringify(payload)), payload);
  const known = {
    repositories: ["dev.azure.com/acme/big%20shop/_git/web"],
    deliveryId: "03c164c2-8912-4d5e-8009-3707d5f83734",
    pusher: "Grace Hopper",
  };
  const main = { ...known, ref: "refs/heads/main", before: oldSha, after: newSha };

  it.each([
    ["a moved branch", azure.push, [main]],
    [
      "all refs of one push",
      azure.several,
      [main, { ...known, ref: "refs/heads/old", before: oldSha }, { ...known, ref: "refs/tags/v1", after: newSha }],
    ],
  ])("tell of %s", (_, payload, refs) => {
    expect(parse(payload)).toEqual({ kind: "moved", refs });
  });

  it("come under one URL, whether the organisation's old or new address is used", () => {
    const remoteUrl = "https://acme.visualstudio.com/DefaultCollection/Big%20Shop/_git/web";
    const old = { ...azure.push, resource: { ...azure.push.resource, repository: { ...azure.push.resource.repository, remoteUrl } } };
    expect(parse(old)).toEqual({ kind: "moved", refs: [main] });
  });

  it("of other events do not matter", () => {
    expect(parse(azure.workItem)).toEqual({ kind: "ignored", because: "event workitem.updated" });
  });

  it.each([
    ["resource.refUpdates", azure.minimal],
    ["resource.repository", { ...azure.push, resource: { refUpdates: [] } }],
    ["resource.refUpdates.0.name", { ...azure.push, resource: { ...azure.push.resource, refUpdates: [{ name: null }] } }],
    ["resource", { ...azure.push, resource: "git.push" }],
    ["eventType", { id: "x" }],
  ])("name the field %s that is not what it should be (W-12)", (field, payload) => {
    expect(parse(payload)).toEqual({ kind: "malformed", field });
  });
});
