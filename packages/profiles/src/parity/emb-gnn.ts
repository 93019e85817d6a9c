import {
  NODE_TYPES,
  RouteProfileError,
  createMatrix,
  fromRows,
  issueText,
  z,
  type HeteroGraph,
  type Matrix,
  type NodeFeatures,
  type Relation,
} from '@routeprofile/schema';
import { propagate } from '../emb-gnn/propagate.js';
import { scoreFactors } from '../emb-gnn/score-factors.js';

const type = z.enum(NODE_TYPES);
const rows = z.array(z.array(z.number()));
const perType = z.partialRecord(type, rows);

const fixtureSchema = z.object({
  features: perType,
  /** `source__target` → positions of sources and of targets. */
  edges: z.record(z.string(), z.tuple([z.array(z.number()), z.array(z.number())])),
  /** Raw, of `model__task`. */
  scores: z.array(z.number()),
  /** norm → hops → features. */
  expected: z.record(z.enum(['sym', 'right', 'left', 'none']), z.record(z.string(), perType)),
});

/**
 * The propagation under `compat` against a fixture computed with PyTorch (`emb-gnn.json`): every norm, depth, type and number.
 * @throws RouteProfileError BAD_INPUT when the fixture has another format
 */
export function embGnnParity(fixture: unknown): { maxDifference: number } {
  const parsed = fixtureSchema.safeParse(fixture);
  if (!parsed.success)
    throw new RouteProfileError(
      'BAD_INPUT',
      `emb-gnn parity fixture: ${parsed.error.issues.map(issueText).join('; ')}`,
      {
        hint: 'Give the parsed content of emb-gnn.json.',
      },
    );
  const { features: given, edges, scores, expected } = parsed.data;
  const features = matrices(given);
  const types = type.options.filter((name) => features[name]);
  const graph: HeteroGraph = {
    name: 'parity',
    hash: 'parity',
    nodes: types.map((name) => {
      const names = Array.from({ length: features[name]!.rows }, (_, i) => `${name} ${i}`);
      return { type: name, names, texts: names };
    }),
    relations: Object.entries(edges).map(([name, [sources, targets]]): Relation => {
      const [source, target] = name.split('__').map((part) => type.parse(part));
      return {
        name,
        source: source!,
        target: target!,
        sourceIndex: Int32Array.from(sources),
        targetIndex: Int32Array.from(targets),
        scores: name === 'model__task' ? Float32Array.from(scores) : null,
      };
    }),
  };
  const factors = scoreFactors(graph, { scores: 'global', floor: 0 });
  let maxDifference = 0;
  for (const norm of ['sym', 'right', 'left', 'none'] as const)
    for (const [hops, wanted] of Object.entries(expected[norm])) {
      const got = propagate(graph, features, { hops: Number(hops), norm, self: 0, divisor: 'relations', factors });
      for (const [name, matrix] of Object.entries(matrices(wanted)))
        maxDifference = Math.max(maxDifference, difference(matrix, got[type.parse(name)] ?? createMatrix(0, 0)));
    }
  return { maxDifference };
}

const matrices = (given: z.output<typeof perType>): NodeFeatures =>
  Object.fromEntries(Object.entries(given).map(([name, rows]) => [name, fromRows(rows)]));

/** Largest absolute difference; infinite between matrices of different size. */
function difference(a: Matrix, b: Matrix): number {
  if (a.rows !== b.rows || a.cols !== b.cols) return Infinity;
  return a.data.reduce((max, x, k) => Math.max(max, Math.abs(x - b.data[k]!)), 0);
}
