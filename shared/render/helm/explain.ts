import { nameOfFolder } from "../source-tree.ts";

/** What Helm's complaints are about. */
export interface HelmContext {
  /** The chart's folder in the repository. */
  readonly path: string;
  /** Its name, with which Helm begins the paths of its templates. */
  readonly chart: string;
}

/** From the telling to the vague; the first that matches makes the sentence. Tests hold the rows to the real program. */
const rows: readonly { readonly pattern: RegExp; readonly say: (match: readonly string[], context: HelmContext) => string }[] = [
  {
    pattern: /^(?:parse|execution) error at \((\S+?):(\d+)(?::\d+)?\): ([\s\S]*)$/,
    say: ([, file, line, reason]) => `${file}:${line}: ${reason}`,
  },
  {
    pattern: /^(?:template: )?(\S+?):(\d+):\d+:?\s+executing "[^"]*" at (<[\s\S]*?>):\s*([\s\S]*)$/,
    say: ([, file, line, expression, reason]) => `${file}:${line}: ${expression}: ${reason}`,
  },
  {
    pattern: /^YAML parse error on (\S+): (?:.*?)yaml: line (\d+): ([\s\S]*)$/,
    say: ([, file, line, reason]) => `${file} renders to what is no YAML: ${reason} near line ${line} of its output`,
  },
  {
    pattern: /missing in charts\/ directory: ([\s\S]*)$/,
    say: ([, names], { path }) => `${below(path, "Chart.yaml")} depends on ${names}, and charts/ does not have it`,
  },
  {
    pattern: /^values don't meet the specifications of the schema\(s\) in the following chart\(s\):\s*([\s\S]*)$/,
    say: ([, reason], { path }) => `the values do not fit ${below(path, "values.schema.json")}: ${reason}`,
  },
  {
    pattern: /^cannot load values\.yaml: (?:cannot unmarshal yaml document: )?(?:error converting YAML to JSON: )?([\s\S]*)$/,
    say: ([, reason], { path }) => `${below(path, "values.yaml")} cannot be read: ${reason}`,
  },
  {
    pattern: /^failed to parse (\S+): (?:cannot unmarshal yaml document: )?(?:error converting YAML to JSON: )?([\s\S]*)$/,
    say: ([, file = "", reason]) => `${asWritten(file)} cannot be read: ${reason}`,
  },
  {
    pattern: /^open (\S+): no such file or directory/,
    say: ([, file = ""]) => `${asWritten(file)} does not exist; add it or remove it from the source's value files`,
  },
];

/** @param complaint What helm printed on standard error, with paths relative to the repository. */
export const explainHelm = (complaint: string, context: HelmContext): string => {
  const message = complaint
    .split("\n")
    .filter((line) => !/^level=|^Use --debug flag/.test(line))
    .join("\n")
    .replace(/^Error: /, "")
    .trim();
  const located = relocate(message, context);
  for (const { pattern, say } of rows) {
    const match = pattern.exec(located);
    if (match) return say(match, context);
  }
  return `Helm cannot render ${nameOfFolder(context.path)}: ${located}`;
};

/** `web/templates/x.yaml` of chart web is `<path>/templates/x.yaml` in the repository. */
export const relocate = (text: string, { path, chart }: HelmContext): string =>
  chart === ""
    ? text
    : text.replaceAll(new RegExp(`(?<![\\w./-])${quoted(chart)}/(?=(?:templates|charts|crds)/)`, "g"), path === "" ? "" : `${path}/`);

const below = (path: string, name: string): string => (path === "" ? name : `${path}/${name}`);

/** The generated file stands for a field; others are named as seen from the chart. */
const asWritten = (file: string): string => file.replace(/^(?:\.\.\/)*generated\//, "").replace(/^(?:\.\.\/)+refs\//, "$");

const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
