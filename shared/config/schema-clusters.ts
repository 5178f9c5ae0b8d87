import * as z from "zod/mini";
import { about, optional, orElse, secretName, text, word } from "./schema-fields.ts";

const arn = /^arn:aws[a-z-]*:eks:[a-z0-9-]+:[0-9]{12}:cluster\/[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;
const clusterName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

const eks = z.strictObject({
  cluster: about(
    "ARN of the EKS cluster, or its name with `region`. Address and CA are looked up, the token is made from the function's own role.",
    z.string().check(z.refine((value) => arn.test(value) || clusterName.test(value), "is neither an EKS cluster's ARN nor its name")),
  ),
  region: optional(text("AWS region; needed where `cluster` is a name.")),
  roleArn: optional(
    about(
      "Role to assume first, for clusters of other accounts.",
      z
        .string()
        .check(z.regex(/^arn:aws[a-z-]*:iam::[0-9]{12}:role\/.+$/, "is not a role's ARN; write arn:aws:iam::<account>:role/<name>")),
    ),
  ),
  externalId: optional(text("External id that the role asks for.")),
});

export const clusterField = about(
  "A cluster: give `eks`, or `server`, or a kubeconfig in `credentials`.",
  z.strictObject({
    name: word("Name of the cluster, as destination.name has it."),
    server: optional(
      about(
        "Address of the API server, for clusters that are not EKS.",
        z
          .string()
          .check(z.regex(/^https:\/\/[^\s@]+$/, "is not an API server's address; write it as https://host:port, without credentials")),
      ),
    ),
    eks: optional(about("An EKS cluster.", eks)),
    caData: optional(
      about(
        "CA of the API server, PEM in base64, as a kubeconfig has it. Without it the public ones are trusted.",
        z.base64("is not base64; take certificate-authority-data of the cluster's kubeconfig"),
      ),
    ),
    credentials: optional(
      secretName("Entry of the secret store with `token`, with `clientCertificate` and `clientKey` (PEM), or with a whole `kubeconfig`."),
    ),
    network: orElse(word("Whose functions reach it: `public`, or the name of a VPC."), "public"),
  }),
);
