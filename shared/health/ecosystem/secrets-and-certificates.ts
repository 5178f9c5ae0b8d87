/** External Secrets, Sealed Secrets, 1Password, cert-manager. None of them is Healthy before its controller said so. */
import type { HealthCheck } from "../check.ts";
import { type Clause, field, firstOf, goodOrBad, inList, rule, when } from "../rules.ts";

const ready = rule(goodOrBad("Ready"));

/** Its conditions follow each other instead of replacing each other. */
const lastOf = (...clauses: readonly Clause[]): Clause => {
  const judge = firstOf(...clauses);
  return (live, conditions) => judge(live, conditions.slice(-1));
};

const challenge = rule(
  field("status.state", { valid: "Healthy", invalid: "Degraded", expired: "Degraded", errored: "Degraded" }, "Progressing"),
);

export const secretsAndCertificates: Readonly<Record<string, HealthCheck>> = {
  "external-secrets.io/ExternalSecret": ready,
  "external-secrets.io/SecretStore": ready,
  "external-secrets.io/ClusterSecretStore": ready,
  "external-secrets.io/PushSecret": ready,
  "external-secrets.io/ClusterPushSecret": ready,
  "external-secrets.io/ClusterExternalSecret": rule(
    lastOf(when("Ready", "True", "Healthy"), when("PartiallyReady", "True", "Degraded"), when("NotReady", "True", "Degraded")),
  ),
  "bitnami.com/SealedSecret": rule(goodOrBad("Synced")),
  // Connections and logins say whether they are valid; many secrets never get a status.
  "secrets.hashicorp.com/VaultConnection": rule(field("status.valid", { true: "Healthy", false: "Degraded" })),
  "secrets.hashicorp.com/VaultAuth": rule(field("status.valid", { true: "Healthy", false: "Degraded" })),
  "onepassword.com/OnePasswordItem": ready,
  "kubernetes-client.io/ExternalSecret": rule(field("status.status", { SUCCESS: "Healthy", "ERROR*": "Degraded" })),
  // A certificate that is being renewed may well be Ready: what it had is still valid, what was asked for is not there yet.
  "cert-manager.io/Certificate": rule(when("Issuing", "True", "Progressing"), goodOrBad("Ready")),
  "cert-manager.io/CertificateRequest": rule(
    when("InvalidRequest", "True", "Degraded"),
    when("Denied", "True", "Degraded"),
    when("Ready", "False", "Degraded", "Failed", "Denied"),
    when("Ready", "False", "Progressing"),
    goodOrBad("Ready"),
  ),
  "cert-manager.io/Issuer": ready,
  "cert-manager.io/ClusterIssuer": ready,
  "certmanager.k8s.io/Certificate": ready,
  "certmanager.k8s.io/Issuer": ready,
  "certmanager.k8s.io/ClusterIssuer": ready,
  "acme.cert-manager.io/Order": challenge,
  "acme.cert-manager.io/Challenge": challenge,
  "networking.gke.io/ManagedCertificate": rule(
    inList("status.domainStatus", "status", { "Failed*": "Degraded" }),
    field("status.certificateStatus", { Active: "Healthy" }),
  ),
};
