import { readFile } from "node:fs/promises";
import { parseInstallation } from "../../shared/config/parse-installation.ts";
import type { Installation } from "../../shared/config/schema.ts";
import { Failure } from "../../shared/model/failure.ts";

/** The installation file, checked. Throws ConfigurationInvalid with everything that is wrong with it. */
export const readInstallation = async (file: string): Promise<Installation> => {
  const parsed = parseInstallation(await textOf(file), file);
  if (parsed.state === "refused") throw parsed.failure;
  return parsed.installation;
};

const textOf = (file: string): Promise<string> =>
  readFile(file, "utf8").catch((cause: unknown) => {
    const remedy = "name the installation file with `-c config=FILE`; infra/aws/fairlead.example.yaml shows one";
    throw new Failure("ConfigurationInvalid", file, `${file} cannot be read: ${remedy}`, { cause });
  });
