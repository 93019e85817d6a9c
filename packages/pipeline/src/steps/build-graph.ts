import { join } from 'node:path';
import { writeFileAtomic, writeGraphFiles } from '@routeprofile/data';
import {
  encodeNodes,
  graphStatistics,
  serializeGraph,
  toGEXF,
  toGraphML,
  toHetero,
  type GraphStatistics,
} from '@routeprofile/graph';
import type { HeteroGraph, RunContext } from '@routeprofile/schema';
import { completeConfig, type PartialConfig } from '../config/config-file.js';
import { namedGraph } from '../encoders/prepare.js';
import { configuredEncoder, trainingData, type StepContext } from './inputs.js';

/** How `buildGraph` writes a graph. */
export interface GraphFormat {
  /** `json` (default): `graph.json` and `features.npz`, which the other steps read. */
  format?: 'json' | 'graphml' | 'gexf';
  /** Whether the encoded texts of the nodes are written too, for `json` (default: true). */
  features?: boolean;
}

/** A graph that was written. */
export interface BuiltGraph {
  /** Its folder. */
  out: string;
  graph: HeteroGraph;
  statistics: GraphStatistics;
}

/**
 * The graph of a dataset, written into `config.out`.
 * @throws RouteProfileError for bad input, BAD_OPTION for a wrong config
 */
export async function buildGraph(
  given: PartialConfig,
  { format = 'json', features = true }: GraphFormat = {},
  context: StepContext = {},
): Promise<BuiltGraph> {
  const config = completeConfig(given);
  const ctx: RunContext = { ...context, seed: config.seed[0]! };
  const dataset = await trainingData(config, ctx);
  const built = namedGraph(dataset, config.graph, (note) => ctx.logger?.warn(note));
  const graph = toHetero(built);
  if (format === 'json') {
    const encoder = features ? await configuredEncoder(config, dataset, ctx) : undefined;
    try {
      await writeGraphFiles(config.out, serializeGraph(built), encoder && (await encodeNodes(graph, encoder, ctx)));
    } finally {
      await encoder?.dispose?.();
    }
  } else
    await writeFileAtomic(join(config.out, `graph.${format}`), format === 'gexf' ? toGEXF(built) : toGraphML(built));
  return { out: config.out, graph, statistics: graphStatistics(graph) };
}
