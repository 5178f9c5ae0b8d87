import { parseSettings } from "../argocd/parse-settings.ts";
import { problemOfScript } from "../lua/run-lua.ts";
import type { ActionScripts, Customizations } from "../model/customizations.ts";
import { canonicalJson } from "../model/digest.ts";
import type { Json } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import { type RegistryChange, settingsKey } from "./changes.ts";

export interface CustomizationsInput {
  readonly namespace: string;
  /** Every argocd-cm of the render: one, or none. */
  readonly manifests: readonly Manifest[];
  readonly known: Customizations | undefined;
  readonly prune: boolean;
}

/** DynamoDB's items end at 400 kB. */
const mostBytes = 350_000;

/** What of argocd-cm can be used is declared; what cannot is refused beside it, key by key, so that one mistake takes no other rule away. */
export const planCustomizations = ({ namespace, manifests, known, prune }: CustomizationsInput): readonly RegistryChange[] => {
  const key = settingsKey(namespace);
  const [manifest, second] = manifests;
  if (manifest === undefined) {
    if (known === undefined) return [];
    return prune
      ? [{ kind: "withdraw", key, what: { kind: "Customizations" } }]
      : [{ kind: "keep", key, because: "ConfigMap argocd-cm is no longer declared; pruning is off" }];
  }
  if (second) return [{ kind: "refuse", key, because: "ConfigMap argocd-cm is declared twice; keep one of the two" }];
  const parsed = parseSettings(manifest, known);
  const bytes = Buffer.byteLength(canonicalJson(plain(parsed.customizations)));
  if (bytes > mostBytes) return [{ kind: "refuse", key, because: tooLarge(bytes) }];
  const { customizations, problems } = withoutBrokenScripts(parsed.customizations, parsed.problems);
  const note = parsed.warnings.join("; ");
  const same = known !== undefined && canonicalJson(plain(known)) === canonicalJson(plain(customizations));
  const declared: RegistryChange = same
    ? { kind: "unchanged", key, note }
    : { kind: "declare", key, entry: { kind: "Customizations", customizations }, isNew: known === undefined, note };
  return problems.length === 0 ? [declared] : [declared, { kind: "refuse", key, because: problems.join("; ") }];
};

/** A script that does not compile is said so when it is declared, not when the first object is judged by it. */
const withoutBrokenScripts = (
  customizations: Customizations,
  problems: readonly string[],
): { readonly customizations: Customizations; readonly problems: readonly string[] } => {
  const found: string[] = [];
  const sound = (source: string, ...scripts: readonly string[]): boolean => {
    const broken = scripts.flatMap((lua) => problemOfScript({ source, lua }) ?? []);
    found.push(...broken);
    return broken.length === 0;
  };
  const scriptsOf = ({ discovery, definitions }: ActionScripts) => [discovery, ...definitions.map(({ lua }) => lua)];
  return {
    customizations: {
      ...customizations,
      health: customizations.health.filter(({ source, lua }) => sound(source, lua)),
      actions: customizations.actions.filter((scripts) => sound(scripts.source, ...scriptsOf(scripts))),
    },
    problems: [...problems, ...found],
  };
};

const tooLarge = (bytes: number): string =>
  `ConfigMap argocd-cm says ${bytes} bytes about kinds, and ${mostBytes} fit into the table; shorten its scripts, what it said before still holds`;

const plain = (value: Customizations): Json => JSON.parse(JSON.stringify(value));
