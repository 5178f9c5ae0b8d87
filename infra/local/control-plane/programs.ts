/** The five programs of a control plane without Docker: which versions, where they are published, from which Go packages they are built. */
export const versions = { kubernetes: "1.36.3", etcd: "3.6.8", kwok: "0.8.0" } as const;

export const programNames = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"] as const;
export type ProgramName = (typeof programNames)[number];
/** Where each program is on this machine. */
export type Programs = Readonly<Record<ProgramName, string>>;

/** Where a ready program is to be had. */
export interface Published {
  readonly url: string;
  /** For an archive: the path of the program inside it. */
  readonly inside?: string;
  readonly checksum: Checksum;
}

/** How the publisher says what the bytes should be: a file of one digest, a list of digests with names, or GitHub's description of the release. */
export type Checksum =
  | { readonly kind: "file"; readonly url: string }
  | { readonly kind: "list"; readonly url: string; readonly name: string }
  | { readonly kind: "release"; readonly url: string; readonly name: string };

export interface Program {
  readonly goPackage: string;
  /** What `go build` calls the result. */
  readonly built: string;
  published(architecture: string): Published;
}

const kubernetes = (name: string): Program => ({
  goPackage: `k8s.io/kubernetes/cmd/${name}`,
  built: name,
  published: (architecture) => {
    const url = `https://dl.k8s.io/v${versions.kubernetes}/bin/linux/${architecture}/${name}`;
    return { url, checksum: { kind: "file", url: `${url}.sha256` } };
  },
});

const etcd: Program = {
  goPackage: "go.etcd.io/etcd/server/v3",
  built: "server",
  published: (architecture) => {
    const release = `https://github.com/etcd-io/etcd/releases/download/v${versions.etcd}`;
    const name = `etcd-v${versions.etcd}-linux-${architecture}`;
    return {
      url: `${release}/${name}.tar.gz`,
      inside: `${name}/etcd`,
      checksum: { kind: "list", url: `${release}/SHA256SUMS`, name: `${name}.tar.gz` },
    };
  },
};

const kwok: Program = {
  goPackage: "sigs.k8s.io/kwok/cmd/kwok",
  built: "kwok",
  published: (architecture) => {
    const name = `kwok-linux-${architecture}`;
    return {
      url: `https://github.com/kubernetes-sigs/kwok/releases/download/v${versions.kwok}/${name}`,
      checksum: { kind: "release", url: `https://api.github.com/repos/kubernetes-sigs/kwok/releases/tags/v${versions.kwok}`, name },
    };
  },
};

export const programs: Readonly<Record<ProgramName, Program>> = {
  etcd,
  "kube-apiserver": kubernetes("kube-apiserver"),
  "kube-controller-manager": kubernetes("kube-controller-manager"),
  "kube-scheduler": kubernetes("kube-scheduler"),
  kwok,
};
