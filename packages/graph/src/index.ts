export { buildGraph, type GraphSource } from './build.js';
export * from './csr.js';
export * from './encode-nodes.js';
export * from './export.js';
export * from './graph-file.js';
export * from './hetero.js';
export * from './presets.js';
export * from './statistics.js';
export * from './types.js';

/** Types of the calls above, so that a program needs no second package to name them. */
export type {
  Encoder,
  GraphFile,
  HeteroGraph,
  NodeFeatures,
  NodeSet,
  NodeType,
  Relation,
  RunContext,
} from '@routeprofile/schema';
