import { randomUUID } from "node:crypto";
import { InvokeCommand, type InvokeCommandOutput, type LambdaClient } from "@aws-sdk/client-lambda";
import { Failure } from "../../model/failure.ts";
import type { Artifacts } from "../../ports/artifacts.ts";
import type { Cage, CageAnswer } from "../../ports/cage.ts";
import { isRemoteTrouble } from "../aws/trouble.ts";
import { parseReply, payloadOf } from "./payload.ts";

/** Longer than the function may run: asking again meanwhile would only run it twice. */
const answerMilliseconds = 125_000;

export interface LambdaCageOptions {
  readonly client: Pick<LambdaClient, "send">;
  readonly functionName: string;
  /** Signs URLs for single artifacts, which are all that the cage ever gets of the store. */
  readonly urls: { toGet(key: string): Promise<string>; toPut(key: string): Promise<string> };
  readonly artifacts: Artifacts;
}

/** The cage as a Lambda function in tenant isolation mode: invoked and waited for, one tenant per execution environment. */
export const lambdaCage = ({ client, functionName, urls, artifacts }: LambdaCageOptions): Cage => ({
  run: async (request) => {
    const key = `cage/${randomUUID()}`;
    const payload = await payloadOf(request, { toGet: urls.toGet, outputUrl: await urls.toPut(key) });
    const command = new InvokeCommand({
      FunctionName: functionName,
      TenantId: request.tenant,
      Payload: Buffer.from(JSON.stringify(payload)),
    });
    const answer = await client.send(command, { requestTimeout: answerMilliseconds }).catch((error: unknown) => {
      throw isRemoteTrouble(error) ? unavailable(functionName, `${error.name}: ${error.message}`, error) : error;
    });
    const text = Buffer.from(answer.Payload ?? []).toString("utf8");
    if (answer.FunctionError !== undefined) return brokenOff(answer, text, functionName);

    const reply = parseReply(JSON.parse(text));
    if (reply.state !== "stored") return reply;
    const stored = await artifacts.get(key);
    if (!stored) throw unavailable(functionName, "its output is not in the artifact store");
    return { state: "done", output: Buffer.from(stored).toString("utf8") };
  },
});

/** Lambda itself ended the invocation: the function has no other way to fail than its time, its memory, or a mistake of ours. */
const brokenOff = ({ FunctionError }: InvokeCommandOutput, text: string, functionName: string): CageAnswer => {
  if (/Task timed out/.test(text)) return { state: "killed", limit: "time" };
  if (/signal: killed|OutOfMemory/.test(text)) return { state: "killed", limit: "memory" };
  throw unavailable(functionName, `${FunctionError}: ${text.slice(0, 300)}`);
};

const unavailable = (functionName: string, reason: string, cause?: unknown): Failure =>
  new Failure(
    "CageUnavailable",
    functionName,
    `The function ${functionName}, in which Helm and Kustomize run, did not answer (${reason}); it is tried again`,
    {
      cause,
    },
  );
