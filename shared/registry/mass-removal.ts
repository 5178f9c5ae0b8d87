/**
 * How many children a commit may remove without asking: a wrong path, a branch reset or a broken template looks like "everything is gone".
 * More than 10 of one parent wait for a person's yes, and so do at least 3 that are more than a tenth.
 */
export const isMassRemoval = (removed: number, children: number): boolean => removed > 10 || (removed >= 3 && removed * 10 > children);
