import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import * as z from "zod";
import { outputs as names } from "../infra/outputs.ts";
import { CommandError, type Stack } from "./command.ts";
import { openStack } from "./open-stack.ts";

const Urls = z.string().transform((text, context) => {
  try {
    return z.record(z.string(), z.url()).parse(JSON.parse(text));
  } catch {
    context.addIssue("is no JSON object of URLs");
    return z.NEVER;
  }
});

const Outputs = z.object({
  [names.region]: z.string(),
  [names.table]: z.string(),
  [names.bucket]: z.string(),
  [names.pushes]: z.url(),
  [names.renders]: z.url(),
  [names.notices]: z.url(),
  [names.syncs]: Urls,
  [names.secrets]: z.string(),
});

/**
 * The stack that was deployed, as the file says that `cdk deploy --outputs-file` wrote; `installation` is what it was deployed with. Credentials
 * come from where the AWS SDK looks for them. Throws with what to do where the file is not such a file.
 */
export const openDeployedStack = async (path: string, installation: string): Promise<Stack> => {
  const outputs = readOutputs(path, await textOf(path));
  return openStack({
    aws: process.env.AWS_REGION === undefined ? { AWS_REGION: outputs[names.region] } : {},
    table: outputs[names.table],
    bucket: outputs[names.bucket],
    queues: {
      pushes: outputs[names.pushes],
      renders: outputs[names.renders],
      notices: outputs[names.notices],
      syncs: outputs[names.syncs],
    },
    installation,
    secrets: outputs[names.secrets],
    control: async () => {
      throw new CommandError("this is for the stack that npm start runs, not for a deployed one");
    },
  });
};

const textOf = async (path: string): Promise<string> => {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new CommandError(`${path} cannot be read (${error instanceof Error ? error.message : String(error)}); ${howMade(path)}`);
  }
};

/** One stack's outputs are enough; others may be in the file as well. */
const readOutputs = (path: string, text: string): z.infer<typeof Outputs> => {
  const stacks = z.record(z.string(), z.unknown()).safeParse(parsed(text));
  const found = Object.values(stacks.data ?? {}).map((outputs) => Outputs.safeParse(outputs));
  const whole = found.find(({ success }) => success)?.data;
  if (whole) return whole;
  const issue = found.flatMap(({ error }) => error?.issues ?? [])[0];
  const what = issue === undefined ? "no stack's outputs are in it" : `${issue.path.join(".")}: ${issue.message}`;
  throw new CommandError(`${path} does not say where Fairlead is deployed (${what}); ${howMade(path)}`);
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const howMade = (path: string): string =>
  `npx cdk deploy --outputs-file ${basename(path)} writes it, and deploys nothing where nothing changed`;
