export { buildGraph, type GraphSource } from './build.js';
export { adjacency, csr, type Csr, degrees } from './csr.js';
export { encodeNodes } from './encode-nodes.js';
export { toGEXF, toGraphML } from './export.js';
export { parseGraph, serializeGraph } from './graph-file.js';
export { nodeSet, toHetero } from './hetero.js';
export {
  type CompleteSwitches,
  GRAPH_PRESETS,
  type GraphChoice,
  type GraphPreset,
  graphSummary,
  type GraphSwitches,
  graphSwitchesSchema,
} from './presets.js';
export { graphStatistics, type GraphStatistics, type Range, type RelationStatistics } from './statistics.js';
export {
  type EdgeAttributes,
  type GraphAttributes,
  type NodeAttributes,
  type ProfileGraph,
  RELATION_NAMES,
  type RelationName,
  RELATIONS,
} from './types.js';

export { NODE_TYPES } from '@routeprofile/schema';
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
