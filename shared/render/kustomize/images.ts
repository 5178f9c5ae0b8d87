/** An entry of a kustomization's `images`. */
export interface Image {
  readonly name: string;
  readonly newName?: string;
  readonly newTag?: string;
  readonly digest?: string;
}

/** `*` stands for what the kustomization has already. */
const keep = "*";

/** `name=new:tag@digest`, `name:tag`, `name@digest`, as `kustomize edit set image` reads them; undefined for what names no change. */
export const parseImage = (text: string): Image | undefined => {
  const equals = text.indexOf("=");
  const reference = splitReference(text.slice(equals + 1));
  if (reference.name === text) return undefined;
  const { name, ...change } = reference;
  return equals === -1 ? { name, ...change } : { name: text.slice(0, equals), newName: name, ...change };
};

/** A colon before the last slash belongs to a registry's port. */
const splitReference = (reference: string): { readonly name: string; readonly newTag?: string; readonly digest?: string } => {
  const [tagged = "", digest] = reference.split("@");
  const colon = tagged.lastIndexOf(":");
  const hasTag = colon > tagged.lastIndexOf("/");
  return {
    name: hasTag ? tagged.slice(0, colon) : tagged,
    ...(hasTag ? { newTag: tagged.slice(colon + 1) } : {}),
    ...(digest === undefined ? {} : { digest }),
  };
};

/** The kustomization's images with the changes over them, by name. */
export const mergeImages = (present: readonly Image[], changes: readonly Image[]): readonly Image[] => {
  const merged = new Map(present.map((image) => [image.name, image]));
  for (const image of changes) merged.set(image.name, kept(image, merged.get(image.name)));
  return [...merged.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
};

const kept = (image: Image, present: Image | undefined): Image => {
  const fields = (["newName", "newTag", "digest"] as const).flatMap((field) => {
    const value = image[field] === keep ? present?.[field] : image[field];
    return value === undefined || value === "" ? [] : [[field, value]];
  });
  return { name: image.name, ...Object.fromEntries(fields) };
};
