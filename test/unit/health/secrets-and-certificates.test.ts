import { readyOrNot, type State, said, states, status } from "./states.ts";

for (const kind of ["ExternalSecret", "SecretStore", "ClusterSecretStore", "PushSecret", "ClusterPushSecret"]) {
  for (const version of ["v1alpha1", "v1beta1", "v1"]) states(`external-secrets.io/${version}`, kind, readyOrNot("Ready"));
}
states("external-secrets.io/v1beta1", "ExternalSecret", [
  ["synced", said(["Ready", "True", "SecretSynced", "Secret was synced"]), "Healthy"],
  [
    "whose key is not in the store",
    said(["Ready", "False", "SecretSyncedError", "could not get secret data from provider"]),
    "Degraded",
    "could not get secret data from provider",
  ],
  ["without any controller", { spec: { secretStoreRef: { name: "vault" } } }, "Progressing"],
  ["with a status of another shape", status({ conditions: "Ready" }), "Progressing"],
]);

states("external-secrets.io/v1beta1", "ClusterExternalSecret", [
  ["just created", {}, "Progressing"],
  ["in all namespaces", said(["Ready", "True"]), "Healthy"],
  ["in some namespaces", said(["PartiallyReady", "True", "", "one namespace failed"]), "Degraded", "one namespace failed"],
  ["in no namespace", said(["NotReady", "True"]), "Degraded"],
  ["recovered: its last word counts", said(["NotReady", "True"], ["Ready", "True"]), "Healthy"],
]);

states("bitnami.com/v1alpha1", "SealedSecret", [
  ...readyOrNot("Synced"),
  ["that no controller has unsealed", { spec: { encryptedData: { password: "AgBy3i4OJSWK" } } }, "Progressing"],
  [
    "sealed for another cluster",
    said(["Synced", "False", "", "no key could decrypt secret (password)"]),
    "Degraded",
    "no key could decrypt secret (password)",
  ],
  ["unsealed before its last change", { status: { observedGeneration: 1, ...said(["Synced", "True"]).status } }, "Progressing"],
  ["unsealed", { status: { observedGeneration: 2, ...said(["Synced", "True"]).status } }, "Healthy"],
]);

states("kubernetes-client.io/v1", "ExternalSecret", [
  ["just created", {}, "Progressing"],
  ["synced", status({ status: "SUCCESS" }), "Healthy"],
  ["refused", status({ status: "ERROR, access denied" }), "Degraded"],
]);
for (const kind of ["VaultConnection", "VaultAuth"]) {
  states("secrets.hashicorp.com/v1beta1", kind, [
    ["just created", {}, "Progressing"],
    ["valid", status({ valid: true }), "Healthy"],
    ["invalid", status({ valid: false, error: "no such role" }), "Degraded", "no such role"],
  ]);
}
states("onepassword.com/v1", "OnePasswordItem", readyOrNot("Ready"));

states("cert-manager.io/v1", "Certificate", [
  ...readyOrNot("Ready"),
  ["being issued", said(["Ready", "False", "DoesNotExist"], ["Issuing", "True", "", "issuing it"]), "Progressing", "issuing it"],
  ["being renewed", said(["Ready", "True"], ["Issuing", "True"]), "Progressing"],
  ["renewed", said(["Ready", "True"], ["Issuing", "False"]), "Healthy"],
]);
for (const kind of ["Issuer", "ClusterIssuer"]) {
  states("cert-manager.io/v1", kind, readyOrNot("Ready"));
  states("certmanager.k8s.io/v1alpha1", kind, readyOrNot("Ready"));
}
states("cert-manager.io/v1", "CertificateRequest", [
  ["just created", {}, "Progressing"],
  ["waiting to be approved", said(["Approved", "False"]), "Progressing"],
  [
    "waiting for its order",
    said(["Approved", "True"], ["Ready", "False", "Pending", "waiting on order"]),
    "Progressing",
    "waiting on order",
  ],
  ["signed", said(["Approved", "True"], ["Ready", "True", "Issued"]), "Healthy"],
  ["failed", said(["Approved", "True"], ["Ready", "False", "Failed"]), "Degraded"],
  ["denied", said(["Denied", "True", "Policy"], ["Ready", "False", "Denied"]), "Degraded", "Policy"],
  ["invalid", said(["InvalidRequest", "True", "", "no CSR"]), "Degraded", "no CSR"],
]);

const acme: readonly State[] = [
  ["just created", {}, "Progressing"],
  ["pending", status({ state: "pending" }), "Progressing"],
  ["ready to be finalised", status({ state: "ready" }), "Progressing"],
  ["valid", status({ state: "valid" }), "Healthy"],
  ["invalid", status({ state: "invalid", reason: "no TXT record" }), "Degraded", "no TXT record"],
  ["expired", status({ state: "expired" }), "Degraded"],
  ["errored", status({ state: "errored" }), "Degraded", "its state is errored"],
];
for (const kind of ["Order", "Challenge"]) states("acme.cert-manager.io/v1", kind, acme);

states("networking.gke.io/v1", "ManagedCertificate", [
  ["just created", {}, "Progressing"],
  ["active", status({ certificateStatus: "Active", domainStatus: [{ domain: "a.example", status: "Active" }] }), "Healthy"],
  [
    "provisioning",
    status({ certificateStatus: "Provisioning", domainStatus: [{ domain: "a.example", status: "Provisioning" }] }),
    "Progressing",
  ],
  [
    "with a domain that is not seen",
    status({
      certificateStatus: "Provisioning",
      domainStatus: [{ status: "Active" }, { domain: "b.example", status: "FailedNotVisible" }],
    }),
    "Degraded",
  ],
]);
