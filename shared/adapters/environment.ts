import * as z from "zod/mini";
import { Failure } from "../model/failure.ts";

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const withScheme = (schemes: readonly string[]) =>
  z.string().check(
    z.refine((text) => schemes.some((scheme) => text.startsWith(`${scheme}:`) && text.length > scheme.length + 1), {
      error: `must be one of ${schemes.map((scheme) => `${scheme}:…`).join(", ")}`,
    }),
  );

const table = { FAIRLEAD_TABLE: z.string().check(z.minLength(3)) };
const bucket = { FAIRLEAD_BUCKET: z.string().check(z.minLength(3)) };
const pushes = { FAIRLEAD_PUSHES: z.url() };
const renders = { FAIRLEAD_RENDERS: z.url() };
const notices = { FAIRLEAD_NOTICES: z.url() };
/** URLs of the syncs queues by network, as JSON: `{"public":"https://…"}`. */
const syncs = { FAIRLEAD_SYNCS: z.pipe(z.pipe(z.string(), z.transform(parseJson)), z.record(z.string(), z.url())) };
/** `secretsmanager:<prefix of ids>`, on one machine `folder:<path>`. */
const secrets = { FAIRLEAD_SECRETS: withScheme(["secretsmanager", "folder"]) };
/** Path of the installation file. */
const config = { FAIRLEAD_CONFIG: z.string().check(z.minLength(1)) };
/** `lambda:<name of the function>`; on one machine `here:<folder of kubectl and helm>`, or `uncaged:<folder>` where namespaces are refused. */
const cage = { FAIRLEAD_CAGE: withScheme(["lambda", "here", "uncaged"]) };

/**
 * By which variables each function learns where its world is. The infrastructure sets exactly these, lambda.ts reads exactly these. What a
 * function is not told of, it has no permission for either.
 */
const environments = {
  webhook: z.object({ ...table, ...pushes, ...secrets, ...config }),
  fetch: z.object({ ...table, ...bucket, ...pushes, ...renders, ...syncs, ...secrets, ...config }),
  render: z.object({ ...table, ...bucket, ...syncs, ...cage, ...config }),
  cage: z.object({}),
  sync: z.object({ ...table, ...bucket, ...pushes, ...renders, ...syncs, ...notices, ...secrets, ...config }),
  scan: z.object({ ...table, ...bucket, ...pushes, ...syncs, ...notices, ...secrets, ...config }),
  notify: z.object({ ...table, ...notices, ...secrets, ...config }),
} as const;

export type EnvironmentOwner = keyof typeof environments;

/** What a function reads, parsed. */
export type Environment<F extends EnvironmentOwner> = z.output<(typeof environments)[F]>;

/** The same rows, typed so that the compiler knows which row a name selects. */
const schemas: { readonly [F in EnvironmentOwner]: z.ZodMiniType<Environment<F>> } = environments;

/** What the infrastructure must set for a function: a text for each of its variables. */
export type EnvironmentTexts<F extends EnvironmentOwner> = Readonly<Record<Extract<keyof Environment<F>, string>, string>>;

/** Every variable that some function reads, as text: what one installation has to offer. */
export type AllTexts = EnvironmentTexts<"fetch"> & EnvironmentTexts<"render"> & EnvironmentTexts<"notify">;

/** Picks a function's variables out of all there are. */
export const environmentFor = (owner: EnvironmentOwner, all: AllTexts): Readonly<Record<string, string>> => {
  const wanted = new Set(Object.keys(environments[owner].shape));
  return Object.fromEntries(Object.entries(all).filter(([name]) => wanted.has(name)));
};

/** Reads a function's variables. Throws ConfigurationInvalid that names all that are missing or wrong at once. */
export const readEnvironment = <F extends EnvironmentOwner>(
  owner: F,
  given: Readonly<Record<string, string | undefined>>,
): Environment<F> => {
  const parsed = schemas[owner].safeParse(given);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? "");
    return given[name] === undefined ? `${name} is missing` : `${name} is wrong (${issue.message})`;
  });
  throw new Failure("ConfigurationInvalid", owner, `the environment of ${owner} is not complete: ${[...new Set(wrong)].join(", ")}`);
};
