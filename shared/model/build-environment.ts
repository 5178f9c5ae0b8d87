import type { BuildEnvironment } from "./render-input.ts";

/** Every mention of a variable; groups: in braces, plain, special. */
export const variables = /\$(?:\{([^}]*)\}|([A-Za-z_][A-Za-z0-9_]*)|([*#$@!?0-9-]))/g;

/** `$NAME`, `${NAME}` and `$$` as Argo CD (Go's os.Expand) reads them: a variable nobody knows becomes nothing, `$$` a dollar sign. */
export const expandVariables = (text: string, environment: BuildEnvironment): string =>
  text.replace(variables, (_, braced?: string, plain?: string, special?: string) => {
    const name = braced ?? plain ?? special ?? "";
    return name === "$" ? "$" : (environment[name] ?? "");
  });
