export * from './disk/files.js';
export * from './disk/hash.js';
export * from './disk/json.js';
export * from './disk/jsonl.js';
export * from './arrays/npy.js';
export * from './arrays/npz.js';
export type { ZipLimits } from './arrays/zip.js';
export * from './python/literal.js';
