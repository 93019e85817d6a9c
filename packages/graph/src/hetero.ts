import {
  NODE_TYPES,
  RouteProfileError,
  type HeteroGraph,
  type NodeSet,
  type NodeType,
  type Relation,
} from '@routeprofile/schema';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { RELATIONS, RELATION_NAMES, type ProfileGraph, type RelationName } from './types.js';

/**
 * The graph as plain typed arrays, which is how profiles read it. Node types and relations come in the order of
 * `NODE_TYPES` and `RELATIONS`, nodes and edges in that of the graph; a type without nodes and a relation without edges
 * are not listed.
 * @throws RouteProfileError BAD_INPUT when only some edges of a relation carry a score.
 */
export function toHetero(graph: ProfileGraph): HeteroGraph {
  const byType = new Map<NodeType, { names: string[]; texts: string[] }>(
    NODE_TYPES.map((type) => [type, { names: [], texts: [] }]),
  );
  const position = new Map<string, number>();
  graph.forEachNode((key, { type, name, text }) => {
    const set = byType.get(type)!;
    position.set(key, set.names.length);
    set.names.push(name);
    set.texts.push(text);
  });

  const byRelation = new Map<RelationName, { sources: number[]; targets: number[]; scores: (number | undefined)[] }>();
  graph.forEachDirectedEdge((_, { relation, score }, source, target) => {
    if (!byRelation.has(relation)) byRelation.set(relation, { sources: [], targets: [], scores: [] });
    const edges = byRelation.get(relation)!;
    edges.sources.push(position.get(source)!);
    edges.targets.push(position.get(target)!);
    edges.scores.push(score);
  });

  const nodes = NODE_TYPES.map((type): NodeSet => ({ type, ...byType.get(type)! })).filter(
    (set) => set.names.length > 0,
  );
  const relations = RELATION_NAMES.flatMap((name): Relation[] => {
    const edges = byRelation.get(name);
    if (!edges) return [];
    return [
      {
        name,
        ...RELATIONS[name],
        sourceIndex: Int32Array.from(edges.sources),
        targetIndex: Int32Array.from(edges.targets),
        scores: scoresOf(name, edges.scores),
      },
    ];
  });
  return { name: graph.getAttribute('name'), nodes, relations, hash: hashOf(nodes, relations) };
}

function scoresOf(relation: string, scores: readonly (number | undefined)[]): Float32Array | null {
  const given = scores.filter((score) => score !== undefined);
  if (given.length === 0) return null;
  if (given.length < scores.length)
    throw new RouteProfileError(
      'BAD_INPUT',
      `graph: ${scores.length - given.length} of ${scores.length} edges of ${relation} have no score`,
      {
        hint: 'Give every edge of a relation a score, or none.',
      },
    );
  return Float32Array.from(given);
}

/** Hash of a graph's nodes, texts, edges and scores; its name does not count. */
function hashOf(nodes: readonly NodeSet[], relations: readonly Relation[]): string {
  const text = JSON.stringify([
    nodes.map((set) => [set.type, set.names, set.texts]),
    relations.map((relation) => [
      relation.name,
      Array.from(relation.sourceIndex),
      Array.from(relation.targetIndex),
      relation.scores && Array.from(relation.scores),
    ]),
  ]);
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/**
 * The nodes of one type.
 * @returns undefined when the graph has none
 */
export function nodeSet(graph: HeteroGraph, type: NodeType): NodeSet | undefined {
  return graph.nodes.find((set) => set.type === type);
}
