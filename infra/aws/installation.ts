import { readFile } from "node:fs/promises";
import { parseInstallation } from "../../shared/config/parse-installation.ts";
import type { Installation } from "../../shared/config/schema.ts";

/** The installation file, checked. Throws ConfigurationInvalid with everything that is wrong with it. */
export const readInstallation = async (file: string): Promise<Installation> => {
  const parsed = parseInstallation(await readFile(file, "utf8"), file);
  if (parsed.state === "refused") throw parsed.failure;
  return parsed.installation;
};
