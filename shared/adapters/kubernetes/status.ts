import { isJsonObject, type Json } from "../../model/json.ts";
import { plainText } from "../../model/plain-text.ts";
import type { RawAnswer } from "./connection.ts";

/** What the server says about a request it did not fulfil, made safe to show: bounded, without control characters. */
export interface StatusAnswer {
  readonly reason: string;
  readonly message: string;
  readonly fields: readonly string[];
  /** Whether the 404 is about one object, and not about its kind or the whole API group. */
  readonly namesObject: boolean;
}

const MESSAGE_CHARACTERS = 2_000;
const FIELDS = 50;

export const clean = (text: string, characters = MESSAGE_CHARACTERS): string => plainText(text, characters);

/** Reads a `Status`; whatever else came (a proxy's page, nothing) is told as what it is. */
export const readStatus = (answer: RawAnswer): StatusAnswer => {
  const body = answer.contentType.includes("json") ? parseJson(answer.body) : undefined;
  if (!isJsonObject(body) || body.kind !== "Status") {
    return { reason: reasonOfCode[answer.status] ?? "Unknown", message: describeForeign(answer), fields: [], namesObject: false };
  }
  const details = isJsonObject(body.details) ? body.details : {};
  const causes = Array.isArray(details.causes) ? details.causes.slice(0, FIELDS) : [];
  const fields = causes.flatMap((cause: Json) => (isJsonObject(cause) && typeof cause.field === "string" ? [clean(cause.field, 200)] : []));
  const reason =
    typeof body.reason === "string" && body.reason !== "" ? clean(body.reason, 60) : (reasonOfCode[answer.status] ?? "Unknown");
  const message = typeof body.message === "string" ? clean(body.message) : `HTTP ${answer.status}`;
  return { reason, message, fields: [...new Set(fields)], namesObject: typeof details.name === "string" && details.name !== "" };
};

/** Undefined for what is not JSON, such as an answer that was cut off. */
export const parseJson = (body: Buffer): Json | undefined => {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
};

const describeForeign = ({ status, contentType, body }: RawAnswer): string => {
  const type = clean(contentType.split(";")[0] ?? "", 60);
  if (type === "text/plain") return `HTTP ${status}: ${clean(body.toString("utf8", 0, 400), 200)}`;
  return `HTTP ${status} with ${type === "" ? "no content" : type} instead of a Kubernetes status`;
};

const reasonOfCode: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  409: "Conflict",
  410: "Expired",
  413: "RequestEntityTooLarge",
  422: "Invalid",
  429: "TooManyRequests",
  500: "InternalError",
  503: "ServiceUnavailable",
  504: "Timeout",
};
