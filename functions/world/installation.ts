import { readFileSync } from "node:fs";
import { parseInstallation } from "../../shared/config/parse-installation.ts";
import type { Installation } from "../../shared/config/schema.ts";

/** The installation file that was deployed with this function. Throws ConfigurationInvalid that names everything wrong with it. */
export const readInstallation = (path: string): Installation => {
  const parsed = parseInstallation(readFileSync(path, "utf8"), path);
  if (parsed.state === "refused") throw parsed.failure;
  return parsed.installation;
};
