import type { Random } from '@routeprofile/schema';
import {
  bipartiteAttention,
  bipartiteAttentionWeights,
  dropoutMask,
  edgeScores,
  edgeScoreWeights,
  linear,
  linearWeights,
  type Dropout,
  type TensorFlow,
  type Weights,
} from '@routeprofile/tensor';

type Tensor = ReturnType<TensorFlow['tensor']>;
type Tensor2D = ReturnType<TensorFlow['tensor2d']>;
export type Parameters = Readonly<Record<string, Tensor>>;

/** What the options say about the network. */
export interface GraphShape {
  hidden: number;
  layers: number;
  heads: number;
  residual: boolean;
  balanced: boolean;
}

const named = (prefix: string, weights: Weights): Weights =>
  Object.fromEntries(Object.entries(weights).map(([name, array]) => [`${prefix}.${name}`, array]));

/** Seeded weights by the laws of PyTorch and PyTorch Geometric; 1,054,209 numbers at the defaults for 768-wide inputs. */
export function graphWeights(
  random: (label: string) => Random,
  { hidden, layers, heads }: GraphShape,
  queryWidth: number,
  profileWidth: number,
): Weights {
  const weights: Weights = {
    ...named('query', linearWeights(random('query'), queryWidth, hidden)),
    ...named('model', linearWeights(random('model'), profileWidth, hidden)),
    ...named('edge', edgeScoreWeights(random('edge'), hidden, hidden)),
  };
  for (let l = 0; l < layers; l++)
    Object.assign(
      weights,
      named(`attention.${l}`, bipartiteAttentionWeights(random(`attention ${l}`), hidden, hidden, heads)),
    );
  return weights;
}

const group = (parameters: Parameters, prefix: string, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, parameters[`${prefix}.${name}`]!]));

const linearOf = (parameters: Parameters, prefix: string) => {
  const { weight, bias } = group(parameters, prefix, ['weight', 'bias']);
  return { weight: weight!, bias: bias! };
};

/**
 * Queries [n, ·] and models [m, ·] through their projections and the attention layers: [n, hidden], [m, hidden].
 * h ← ELU(projection); in each layer h ← [h +] dropout(act(attention(h))), act = ELU but for the last layer.
 */
export function encodeGraph(
  tf: TensorFlow,
  queries: Tensor2D,
  models: Tensor2D,
  parameters: Parameters,
  { layers, heads, residual, balanced }: GraphShape,
  dropout?: Dropout,
): [Tensor2D, Tensor2D] {
  const drop = (x: Tensor2D): Tensor2D => {
    if (dropout === undefined || dropout.rate === 0) return x;
    const [rows, columns] = x.shape;
    return tf.mul(x, tf.tensor2d(dropoutMask(dropout.random, rows, columns, dropout.rate), [rows, columns]));
  };
  let [q, m] = [
    tf.elu(linear(tf, queries, linearOf(parameters, 'query'))),
    tf.elu(linear(tf, models, linearOf(parameters, 'model'))),
  ];
  for (let l = 0; l < layers; l++) {
    const attention = parameters[`attention.${l}.attention`]!;
    const [nextQ, nextM] = bipartiteAttention(
      tf,
      q,
      m,
      { ...linearOf(parameters, `attention.${l}`), attention },
      { heads, balanced, ...(dropout && { dropout }) },
    );
    const join = (before: Tensor2D, after: Tensor2D): Tensor2D => {
      const message = drop(l < layers - 1 ? tf.elu(after) : after);
      return residual ? tf.add(before, message) : message;
    };
    [q, m] = [join(q, nextQ), join(m, nextM)];
  }
  return [q, m];
}

/** Logits of encoded queries with encoded models: [n, m]. */
export function predictEdges(
  tf: TensorFlow,
  queries: Tensor2D,
  models: Tensor2D,
  parameters: Parameters,
  dropout?: Dropout,
): Tensor2D {
  const { first, second, bias, out, outBias } = group(parameters, 'edge', [
    'first',
    'second',
    'bias',
    'out',
    'outBias',
  ]);
  return edgeScores(
    tf,
    queries,
    models,
    { first: first!, second: second!, bias: bias!, out: out!, outBias: outBias! },
    dropout,
  );
}
