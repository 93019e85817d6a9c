import type { Random } from '@routeprofile/schema';
import type { Rank, Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../runtime/types.js';
import { KERNELS } from '../kernels/names.js';
import { dropoutMask, hasKernel, linear } from './dense.js';
import { filled, glorotUniform, uniform, type Weights } from './initialisers.js';
import type { Dropout } from './tower.js';

/** The slope of LeakyReLU below zero, as in the paper of the layer. */
export const ATTENTION_SLOPE = 0.2;

/** Parameters of graph attention (GAT, arXiv 1710.10903) with `heads` heads, in features to out. */
export interface BipartiteAttentionParameters {
  /** Shape [heads · in, out]. Each head's linear map, one below the other. */
  weight: Tensor;
  /** Shape [heads, 2, out]. What a node is asked as a source (first) and as a target of messages. */
  attention: Tensor;
  /** [out] */
  bias: Tensor;
}

/** How `bipartiteAttention` attends. Defaults: not balanced, no dropout. */
export interface BipartiteAttentionOptions {
  /** Attention heads; their outputs are averaged. */
  heads: number;
  /**
   * A node's own share of its attention weighs as much as all its neighbours together: ln(neighbours) is added to the
   * logit of its self loop. Without it that share falls as 1 / (neighbours + 1), and nodes that all attend to the same
   * many neighbours become indistinguishable.
   */
  balanced?: boolean;
  /** Applied to the attention weights while training. */
  dropout?: Dropout;
}

/** PyTorch Geometric's laws: Glorot on [in, heads · out] and on [heads, out], bias zero. Names as in the parameters above. */
export function bipartiteAttentionWeights(random: Random, input: number, output: number, heads: number): Weights {
  const bound = Math.sqrt(6 / (input + heads * output));
  const source = glorotUniform(random, heads, output).data;
  const target = glorotUniform(random, heads, output).data;
  return {
    weight: uniform(random, [heads * input, output], bound),
    attention: {
      shape: [heads, 2, output],
      data: Float32Array.from({ length: 2 * source.length }, (_, k) => {
        const head = Math.floor(k / (2 * output));
        return (k % (2 * output) < output ? source : target)[head * output + (k % output)]!;
      }),
    },
    bias: filled([output], 0),
  };
}

/** One side of the graph: rows [n, in], and what they are asked: [n, 2 heads], head by head as source and as target. */
interface Side {
  rows: Tensor2D;
  asked: Tensor2D;
}

/** Attention-weighted sums of the other side's rows and the node's own, a block a head: [own, heads · in], over heads. */
function attend(
  tf: TensorFlow,
  own: Side,
  others: Side,
  { heads, balanced = false, dropout }: BipartiteAttentionOptions,
): Tensor2D {
  const [n, m] = [own.rows.shape[0], others.rows.shape[0]];
  const selfBias = balanced ? Math.log(m) : 0;
  const drops = dropout !== undefined && dropout.rate > 0;
  const mask: Tensor2D = drops
    ? tf.tensor2d(dropoutMask(dropout.random, n * heads, m + 1, dropout.rate), [n * heads, m + 1])
    : tf.tensor2d([], [0, 0]);
  if (!hasKernel(tf, KERNELS.attend)) return attendComposed(tf, own, others, heads, selfBias, drops ? mask : undefined);
  const inputs = { own: own.rows, others: others.rows, ownAsked: own.asked, othersAsked: others.asked, mask };
  const attrs = { slope: ATTENTION_SLOPE, selfBias };
  return tf.engine().runKernel<Tensor[]>(KERNELS.attend, inputs, attrs)[0] as Tensor2D;
}

/** The same from ordinary operations. */
function attendComposed(
  tf: TensorFlow,
  own: Side,
  others: Side,
  heads: number,
  selfBias: number,
  mask: Tensor2D | undefined,
): Tensor2D {
  const [n, input] = own.rows.shape;
  const m = others.rows.shape[0];
  const split = ({ rows, asked }: Side) => {
    const answers: Tensor3D = tf.reshape(asked, [rows.shape[0], heads, 2]);
    return tf.split(answers, 2, 2) as [Tensor3D, Tensor3D];
  };
  const [source, target] = split(own);
  const fromOthers = tf.add<Tensor3D>(target, tf.transpose(split(others)[0], [2, 1, 0]));
  const fromSelf = tf.leakyRelu(tf.add<Tensor3D>(target, source), ATTENTION_SLOPE);
  const logits = tf.concat([tf.leakyRelu(fromOthers, ATTENTION_SLOPE), tf.add<Tensor3D>(fromSelf, selfBias)], 2);
  let weights = tf.mul<Tensor3D>(tf.softmax(logits), 1 / heads);
  if (mask) weights = tf.mul(weights, tf.reshape(mask, [n, heads, m + 1]));
  const [toOthers, toSelf] = tf.split(weights, [m, 1], 2) as [Tensor3D, Tensor3D];
  const gathered = tf.matMul(tf.reshape<Rank.R2>(toOthers, [n * heads, m]), others.rows);
  const kept = tf.mul(toSelf, tf.reshape(own.rows, [n, 1, input]));
  return tf.reshape(tf.add(tf.reshape(gathered, [n, heads, input]), kept), [n, heads * input]);
}

/**
 * Graph attention (arXiv 1710.10903) on the complete bipartite graph of two sets of nodes, both ways, with self loops;
 * heads are averaged. Node i of head h gets Σⱼ αᵢⱼ W_h xⱼ with α = softmax over j of LeakyReLU(a_source · W_h xⱼ +
 * a_target · W_h xᵢ), j its neighbours and itself. As the graph is complete no edge is listed: O(n · m) weights. The
 * sums are taken before the linear map, which then runs once per node instead of once per node and head.
 * @param first [n, in]
 * @param second [m, in]
 * @returns [n, out] and [m, out]
 */
export function bipartiteAttention(
  tf: TensorFlow,
  first: Tensor2D,
  second: Tensor2D,
  { weight, attention, bias }: BipartiteAttentionParameters,
  options: BipartiteAttentionOptions,
): [Tensor2D, Tensor2D] {
  const { heads } = options;
  const input = first.shape[1];
  // a · (W x) = (a W) · x: two numbers a head instead of a whole projected row. Products with a transposed second factor
  // throughout, as these have few columns.
  const maps: Tensor3D = tf.reshape(weight, [heads, input, bias.shape[0]]);
  const asked: Tensor2D = tf.reshape(tf.matMul(attention as Tensor3D, maps, false, true), [2 * heads, input]);
  const side = (rows: Tensor2D): Side => ({ rows, asked: tf.matMul(rows, asked, false, true) });
  const [one, other] = [side(first), side(second)];
  const out = (sums: Tensor2D) => linear(tf, sums, { weight, bias });
  return [out(attend(tf, one, other, options)), out(attend(tf, other, one, options))];
}
