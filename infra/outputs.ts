/** What a deployment says of itself, by the names of its CloudFormation outputs: written by the CDK app, read by `fairlead --deployed`. */
export const outputs = {
  region: "Region",
  table: "TableName",
  bucket: "BucketName",
  pushes: "PushesUrl",
  renders: "RendersUrl",
  notices: "NoticesUrl",
  /** A JSON object: network → URL. */
  syncs: "SyncsUrls",
  /** Where secrets are, as FAIRLEAD_SECRETS has it. */
  secrets: "SecretsPlace",
} as const;
