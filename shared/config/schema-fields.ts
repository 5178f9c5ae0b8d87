import * as z from "zod/mini";

/** Kinds of fields that the installation file is made of. Each carries its meaning, which the published schema shows. */
export const about = <S extends z.ZodMiniType>(description: string, schema: S): S => {
  z.globalRegistry.add(schema, { description });
  return schema;
};

export const optional = z.exactOptional;
export const orElse = z._default;

export const text = (description: string) =>
  about(description, z.string().check(z.minLength(1, "is empty; write a value or leave the field out")));

/** Stands in URLs, keys and group names. */
export const word = (description: string) =>
  about(
    description,
    z
      .string()
      .check(z.regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "is not a plain name; write up to 63 lower-case letters, digits and -")),
  );

/** Names an entry of the secret store, never the secret itself. */
export const secretName = (description: string) =>
  about(
    description,
    z.string().check(
      z.regex(/^[A-Za-z0-9][A-Za-z0-9/_+=.@-]{0,255}$/, "is not the name of an entry of the secret store (letters, digits and /_+=.@-)"),
      z.refine((name) => !name.split("/").includes(".."), "leads out of the secret store; write the name of an entry"),
    ),
  );

export const whole = (least: number, most: number, description: string) => {
  const message = `is outside its range; write a whole number from ${least} to ${most}`;
  return about(description, z.int().check(z.minimum(least, message), z.maximum(most, message)));
};

export const repositoryUrl = (description: string) =>
  about(
    description,
    z.string().check(
      z.regex(
        /^(https?:\/\/|ssh:\/\/|[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:)\S+$/,
        "is not a repository's URL; write it as https://…, ssh://… or git@host:path",
      ),
      z.refine(
        (url) => !/^https?:\/\/[^/]*@/.test(url),
        "has credentials in it; put them into the secret store and name the entry in repositoryCredentials",
      ),
    ),
  );
