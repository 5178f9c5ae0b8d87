import {
  binaryTag,
  boolYaml11Tag,
  CORE_SCHEMA,
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
} from "js-yaml";

/**
 * Scalars as kubectl reads them: its parser (go-yaml v2 below sigs.k8s.io/yaml) knows the booleans of YAML 1.1, Go's integer literals and
 * underscores, but neither sexagesimal numbers nor dates. Found by asking kubectl, pinned by a contract test that asks it again.
 */

const integer = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const endless = /^([-+]?)\.(?:inf|Inf|INF)$/;
const notANumber = /^\.(?:nan|NaN|NAN)$/;
const numberStarts = ["-", "+", ..."0123456789"];

const smallestInteger = -(2n ** 63n);
const largestInteger = 2n ** 64n - 1n;

const readInteger = (source: string): number | typeof NOT_RESOLVED => {
  const match = integer.exec(source.replaceAll("_", ""));
  if (!match) return NOT_RESOLVED;
  const [, sign = "", hex, binary, octal, decimal = ""] = match;
  const digits = hex ? `0x${hex}` : binary ? `0b${binary}` : octal ? `0o${octal}` : decimal;
  const value = sign === "-" ? -BigInt(digits) : BigInt(digits);
  return value < smallestInteger || value > largestInteger ? NOT_RESOLVED : Number(value);
};

const readFloat = (source: string): number | typeof NOT_RESOLVED => {
  const infinite = endless.exec(source);
  if (infinite) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (notANumber.test(source)) return Number.NaN;
  const plain = source.replaceAll("_", "");
  const value = float.test(plain) ? Number(plain) : Number.NaN;
  return Number.isFinite(value) ? value : NOT_RESOLVED;
};

const neverWritten = () => false;
const intTag = defineScalarTag<number>("tag:yaml.org,2002:int", {
  implicit: true,
  implicitFirstChars: numberStarts,
  resolve: readInteger,
  identify: neverWritten,
});
const floatTag = defineScalarTag<number>("tag:yaml.org,2002:float", {
  implicit: true,
  implicitFirstChars: [...numberStarts, "."],
  resolve: readFloat,
  identify: neverWritten,
});

/** kubectl puts the decoded bytes into the JSON text. */
const textOfBinaryTag = defineScalarTag<string>("tag:yaml.org,2002:binary", {
  resolve: (source, explicit, tag) => {
    const bytes = binaryTag.resolve(source, explicit, tag);
    return bytes instanceof Uint8Array ? new TextDecoder().decode(bytes) : NOT_RESOLVED;
  },
  identify: neverWritten,
});

/** Tags that nobody knows are ignored; a tagged scalar is text. */
const foreign = { matchByTagPrefix: true, identify: neverWritten } as const;
const foreignTags = [
  defineScalarTag<string>("!", { ...foreign, resolve: (source) => source }),
  defineSequenceTag<unknown[]>("!", { ...foreign, create: () => [], addItem: (list, item) => void list.push(item) }),
  defineMappingTag<Record<string, unknown>>("!", { ...mapTag, ...foreign }),
];

const stringKeyedMapTag = defineMappingTag<Record<string, unknown>>("tag:yaml.org,2002:map", {
  ...mapTag,
  addPair: (map, key, value) => (key === null ? "a key is empty: kubectl refuses null as a key" : mapTag.addPair(map, key, value)),
});

export const kubectlSchema = CORE_SCHEMA.withTags([
  boolYaml11Tag,
  mergeTag,
  intTag,
  floatTag,
  textOfBinaryTag,
  stringKeyedMapTag,
  ...foreignTags,
]);
