import { createMatrix, fromRows, RouteProfileError, z } from '@routeprofile/schema';
import {
  activate,
  createAdamW,
  disposeVariables,
  lossAndGradients,
  toVariables,
  toWeights,
  type Runtime,
  type Weights,
} from '@routeprofile/tensor';
import { largestDifference, transposed, vectorOf } from './fixtures.js';
import { createGraphEvaluator } from '../graph/evaluate.js';
import type { Labels } from '../graph/labels.js';
import { lossOn } from '../graph/loss.js';
import { encodeGraph, predictEdges, type GraphShape } from '../graph/network.js';

const matrix = z.array(z.array(z.number())).min(1);
const linearSchema = z.object({ weight: matrix, bias: z.array(z.number()) });
const attentionSchema = z.object({
  att_src: z.array(matrix).length(1),
  att_dst: z.array(matrix).length(1),
  bias: z.array(z.number()),
  'lin.weight': matrix,
});

/** `graph-router.json`: a small graph with PyTorch Geometric's numbers; dropout is off. */
const fixtureSchema = z.looseObject({
  queries: matrix,
  models: matrix,
  labels: matrix,
  weights: z.object({
    queryProj: linearSchema,
    modelProj: linearSchema,
    gat1: attentionSchema,
    gat2: attentionSchema,
    edge: z.object({
      '0.weight': matrix,
      '0.bias': z.array(z.number()),
      '2.weight': matrix,
      '2.bias': z.array(z.number()),
    }),
  }),
  encoded: matrix,
  logits: matrix,
  losses: z.array(z.number()).min(1),
  logitsAfter: matrix,
});

/** Largest absolute differences from the fixture. */
export interface GraphParity {
  /** Encoded nodes and logits before training, by the tape and by the evaluator that routes. */
  forward: number;
  /** Losses of the steps. */
  loss: number;
  /** Logits after the steps, by both again. */
  after: number;
}

/** The fixture says how it was trained only in words. */
const RATE = 1e-2;
const MAX_NORM = 1;

/** lin.weight [heads · out, in] and the two [1, heads, out] → our layout. */
function attentionWeights(prefix: string, given: z.infer<typeof attentionSchema>): Weights {
  const [source, target] = [given.att_src[0]!, given.att_dst[0]!];
  const [heads, out] = [source.length, source[0]!.length];
  const stacked = source.flatMap((_, h) => {
    const { data, shape } = transposed(given['lin.weight'].slice(h * out, (h + 1) * out));
    return Array.from({ length: shape[0]! }, (__, i) => [...data.subarray(i * out, (i + 1) * out)]);
  });
  const asked = source.flatMap((row, h) => [...row, ...target[h]!]);
  return {
    [`${prefix}.weight`]: { shape: [stacked.length, out], data: Float32Array.from(stacked.flat()) },
    [`${prefix}.attention`]: { shape: [heads, 2, out], data: Float32Array.from(asked) },
    [`${prefix}.bias`]: vectorOf(given.bias),
  };
}

function weightsOf({ queryProj, modelProj, gat1, gat2, edge }: z.infer<typeof fixtureSchema>['weights']): Weights {
  const half = (from: number, to: number) => transposed(edge['0.weight'].map((row) => row.slice(from, to)));
  const hidden = edge['0.bias'].length;
  return {
    'query.weight': transposed(queryProj.weight),
    'query.bias': vectorOf(queryProj.bias),
    'model.weight': transposed(modelProj.weight),
    'model.bias': vectorOf(modelProj.bias),
    ...attentionWeights('attention.0', gat1),
    ...attentionWeights('attention.1', gat2),
    'edge.first': half(0, hidden),
    'edge.second': half(hidden, 2 * hidden),
    'edge.bias': vectorOf(edge['0.bias']),
    'edge.out': { shape: [1, hidden], data: Float32Array.from(edge['2.weight'][0]!) },
    'edge.outBias': vectorOf(edge['2.bias']),
  };
}

/**
 * Runs the fixture `graph-router.json` on a backend, which becomes the active one: encoded nodes, logits, optimizer steps
 * (Adam at rate 1e-2, gradients clipped to norm 1), logits again.
 * @throws RouteProfileError BAD_INPUT when the JSON is not that fixture.
 */
export async function graphParity(fixtureJson: unknown, runtime: Runtime): Promise<GraphParity> {
  const parsed = fixtureSchema.safeParse(fixtureJson);
  if (!parsed.success)
    throw new RouteProfileError('BAD_INPUT', `this is not the fixture graph-router.json: ${parsed.error.message}`);
  const fixture = parsed.data;
  await activate(runtime);
  const { tf } = runtime;
  const [queryRows, modelRows, targets] = [fixture.queries, fixture.models, fixture.labels].map(fromRows);
  const shape: GraphShape = {
    hidden: fixture.weights.edge['0.bias'].length,
    layers: 2,
    heads: fixture.weights.gat1.att_src[0]!.length,
    residual: false,
    balanced: false,
  };
  const initial = weightsOf(fixture.weights);
  const evaluator = await createGraphEvaluator(initial, shape);
  const variables = toVariables(tf, initial);
  const optimizer = createAdamW(tf, variables, { weightDecay: 0 });
  const [queries, models] = [tf.tensor2d(fixture.queries), tf.tensor2d(fixture.models)];
  const labels: Labels = {
    kind: 'targets',
    queries: fixture.queries.map((_, q) => q),
    targets: targets!,
    weights: createMatrix(targets!.rows, targets!.cols, targets!.data.slice().fill(1 / targets!.cols)),
    scores: targets!,
  };
  const encode = () => encodeGraph(tf, queries, models, variables, shape);
  const logits = () => tf.tidy(() => predictEdges(tf, ...encode(), variables).dataSync());
  const routed = () => evaluator.scorer(evaluator.context(queryRows!, modelRows!))(queryRows!).data;
  try {
    const encoded = tf.tidy(() => tf.concat(encode(), 0).dataSync());
    const before = [logits(), routed()];
    const losses = fixture.losses.map(() =>
      tf.tidy(() => {
        const lossOf = lossOn(tf, labels, labels.queries);
        const { loss, gradients } = lossAndGradients(tf, variables, () =>
          lossOf(predictEdges(tf, ...encode(), variables)),
        );
        optimizer.step(gradients, RATE, MAX_NORM);
        return loss.dataSync()[0]!;
      }),
    );
    evaluator.load(await toWeights(variables));
    const from = (found: ArrayLike<number>[], expected: number[][]) =>
      Math.max(...found.map((values) => largestDifference(values, expected.flat())));
    return {
      forward: Math.max(from([encoded], fixture.encoded), from(before, fixture.logits)),
      loss: largestDifference(losses, fixture.losses),
      after: from([logits(), routed()], fixture.logitsAfter),
    };
  } finally {
    for (const tensor of [queries, models]) tensor.dispose();
    optimizer.dispose();
    disposeVariables(variables);
  }
}
