/** Writes the installation file's JSON schema to `infra/fairlead.schema.json`: `node infra/publish-schema.ts` after a change of it. */
import { writeFileSync } from "node:fs";
import { installationJsonSchema } from "../shared/config/json-schema.ts";

writeFileSync(new URL("fairlead.schema.json", import.meta.url), `${JSON.stringify(installationJsonSchema(), null, 2)}\n`);
