export { buildGraph, type GraphSource } from './build.js';
export * from './csr.js';
export * from './encode-nodes.js';
export * from './export.js';
export * from './graph-file.js';
export * from './hetero.js';
export * from './presets.js';
export * from './statistics.js';
export * from './types.js';
