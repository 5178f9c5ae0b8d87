import { describe, expect, it } from "vitest";
import { withoutSecretValues } from "../../../../shared/adapters/kubernetes/secret-values.ts";
import { readStatus } from "../../../../shared/adapters/kubernetes/status.ts";
import type { Manifest } from "../../../../shared/model/manifest.ts";

const answer = (status: number, body: string | object, contentType = "application/json") => ({
  status,
  contentType,
  retryAfter: undefined,
  body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
});

describe("what a server says about a request that it did not fulfil", () => {
  it("has reason, message and the fields at fault", () => {
    const causes = [{ field: "spec.replicas", reason: "FieldValueInvalid" }, { field: "spec.replicas" }, { field: "spec.selector" }, null];
    const status = { kind: "Status", reason: "Invalid", message: "Deployment is invalid", details: { name: "web", causes } };
    expect(readStatus(answer(422, status))).toEqual({
      reason: "Invalid",
      message: "Deployment is invalid",
      fields: ["spec.replicas", "spec.selector"],
      namesObject: true,
    });
  });

  it("has the reason of its code when it names none", () => {
    expect(readStatus(answer(422, { kind: "Status", message: "no" })).reason).toBe("Invalid");
    expect(readStatus(answer(418, "{")).reason).toBe("Unknown");
  });

  it("is told as what it is when it is no status: text, a page, nothing (K-13)", () => {
    expect(readStatus(answer(404, "404 page not found\n", "text/plain; charset=utf-8")).message).toBe("HTTP 404: 404 page not found");
    expect(readStatus(answer(403, "<html>go away</html>", "text/html")).message).toBe(
      "HTTP 403 with text/html instead of a Kubernetes status",
    );
    expect(readStatus(answer(500, "", "")).message).toBe("HTTP 500 with no content instead of a Kubernetes status");
  });

  it("is bounded", () => {
    const { message } = readStatus(answer(403, { kind: "Status", message: "x".repeat(5_000) }));
    expect(message).toHaveLength(2_001);
  });
});

describe("messages about a Secret (S-01)", () => {
  const secret: Manifest = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "db" },
    data: { password: "aHVudGVyMg==", port: 5432 },
    stringData: { user: "admiral" },
  };

  it.each(["expected string, got 5432", 'invalid value "aHVudGVyMg=="', "hunter2 is too short", "unknown user admiral"])(
    "are withheld when they quote a value: %s",
    (message) => {
      expect(withoutSecretValues(secret, message)).toBe("the server's message is withheld, it quotes a value of the Secret");
    },
  );

  it("are shown when they do not, and so are those about other kinds", () => {
    expect(withoutSecretValues(secret, 'namespaces "web" not found')).toBe('namespaces "web" not found');
    const configMap: Manifest = { ...secret, kind: "ConfigMap" };
    expect(withoutSecretValues(configMap, "expected string, got 5432")).toBe("expected string, got 5432");
  });
});
