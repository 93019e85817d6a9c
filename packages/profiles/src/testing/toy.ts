import {
  createMatrix,
  NODE_TYPES,
  type HeteroGraph,
  type Matrix,
  type NodeFeatures,
  type NodeType,
  type Relation,
} from '@routeprofile/schema';

export const matrix = (...rows: number[][]): Matrix =>
  createMatrix(rows.length, rows[0]?.length ?? 0, Float32Array.from(rows.flat()));

type Edges = [source: number, target: number, score?: number][];

/** A graph from counts and edges; nodes are named `type 0`, `type 1` …. */
export function graphOf(
  counts: Partial<Record<NodeType, number>>,
  relations: Record<`${NodeType}__${NodeType}`, Edges> | Record<string, Edges>,
): HeteroGraph {
  return {
    name: 'toy',
    hash: 'toy',
    nodes: NODE_TYPES.filter((type) => counts[type] !== undefined).map((type) => {
      const names = Array.from({ length: counts[type]! }, (_, i) => `${type} ${i}`);
      return { type, names, texts: names.map((name) => `text of ${name}`) };
    }),
    relations: Object.entries(relations).map(([name, edges]): Relation => {
      const [source, target] = name.split('__') as [NodeType, NodeType];
      return {
        name,
        source,
        target,
        sourceIndex: Int32Array.from(edges, ([i]) => i),
        targetIndex: Int32Array.from(edges, ([, j]) => j),
        scores: edges.some(([, , score]) => score !== undefined) ? Float32Array.from(edges, ([, , s]) => s ?? 0) : null,
      };
    }),
  };
}

/** One family, three models, two tasks; the third model has no family. */
export const toyGraph = graphOf(
  { family: 1, model: 3, task: 2 },
  {
    family__model: [
      [0, 0],
      [0, 1],
    ],
    model__task: [
      [0, 0, 20],
      [0, 1, 60],
      [1, 0, 100],
      [2, 1, 40],
    ],
  },
);

export const toyFeatures: NodeFeatures = {
  family: matrix([1, 0]),
  model: matrix([1, 2], [3, 4], [5, 6]),
  task: matrix([10, 0], [0, 10]),
};
