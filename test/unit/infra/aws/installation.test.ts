import { expect, it } from "vitest";
import { readInstallation } from "../../../../infra/aws/installation.ts";

// `npx cdk deploy` without a file deployed the example.
it("an installation file that is not there is named, with what to write", async () => {
  await expect(readInstallation("/nowhere/fairlead.yaml")).rejects.toMatchObject({
    code: "ConfigurationInvalid",
    message: expect.stringContaining("-c config=FILE"),
  });
});
