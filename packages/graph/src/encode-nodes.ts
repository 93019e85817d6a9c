import {
  RouteProfileError,
  assertFinite,
  assertShape,
  throwIfAborted,
  viewRows,
  type Encoder,
  type HeteroGraph,
  type NodeFeatures,
  type NodeType,
  type RunContext,
} from '@routeprofile/schema';
import { nodeSet } from './hetero.js';

/**
 * Node texts → vectors: one matrix of shape [nodes × encoder.dimensions] per type, a row per node, in the graph's order. Each distinct text is encoded once, all in
 * one call of the encoder.
 * @param types which node types; by default all the graph has
 * @throws RouteProfileError UNKNOWN_NAME for a type the graph lacks, SHAPE_MISMATCH or NOT_FINITE when the encoder returns
 *   other than one finite row per text, ABORTED, and whatever the encoder throws.
 */
export async function encodeNodes(
  graph: HeteroGraph,
  encoder: Encoder,
  ctx: RunContext,
  types: readonly NodeType[] = graph.nodes.map((set) => set.type),
): Promise<NodeFeatures> {
  const sets = types.map((type) => {
    const set = nodeSet(graph, type);
    if (!set)
      throw new RouteProfileError('UNKNOWN_NAME', `graph ${graph.name} has no ${type} nodes to encode`, {
        hint: `It has: ${graph.nodes.map((set) => set.type).join(', ')}.`,
      });
    return set;
  });
  const rowOfText = new Map<string, number>();
  for (const set of sets) for (const text of set.texts) if (!rowOfText.has(text)) rowOfText.set(text, rowOfText.size);

  throwIfAborted(ctx);
  const vectors = await encoder.encode([...rowOfText.keys()], ctx);
  assertShape(
    vectors,
    rowOfText.size,
    encoder.dimensions,
    `encoder ${encoder.id}: its answer to ${rowOfText.size} node texts`,
  );
  assertFinite(vectors, `encoder ${encoder.id}`);
  return Object.fromEntries(
    sets.map((set) => [
      set.type,
      viewRows(
        vectors,
        set.texts.map((text) => rowOfText.get(text)!),
      ),
    ]),
  );
}
