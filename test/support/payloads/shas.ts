export const oldSha = "6113728f27ae82c7b1a177c8d03f9e96e0adf246";
export const newSha = "0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c";
export const zeroSha = "0".repeat(40);
/** Repositories with SHA-256 object names. */
export const longSha = "8fa8a7c1".repeat(8);
