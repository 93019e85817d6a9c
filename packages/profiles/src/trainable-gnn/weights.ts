import type { NodeType, Random } from '@routeprofile/schema';
import { filled, glorotUniform, linearWeights, uniform, type Weights } from '@routeprofile/tensor';
import { layerWidths, type HanShape } from './han.js';

/** Standard deviation of a fresh mask token. */
const TOKEN_SCALE = 0.02;

type Streams = (label: string) => Random;

/**
 * Fresh weights of the encoder. PyTorch's laws: linear maps uniform in ±1/√fanIn, attention vectors and semantic query by
 * Glorot; scores start by scaling their message (gate 1) and without a say in attention (steer 0).
 * Linear weights are [in, out], the transpose of PyTorch's.
 */
export function encoderWeights(streams: Streams, shape: HanShape): Weights {
  const weights: Weights = {};
  const linear = (name: string, fanIn: number, fanOut: number) => {
    const { weight, bias } = linearWeights(streams(name), fanIn, fanOut);
    weights[`${name}.weight`] = weight;
    weights[`${name}.bias`] = bias;
  };
  for (let l = 0; l < shape.layers; l++) {
    const { input, output, heads } = layerWidths(shape, l);
    const last = l === shape.layers - 1;
    for (const type of shape.types) {
      linear(`layer.${l}.proj.${type}`, input, output);
      // The last layer adds the features as they are.
      if (shape.skip && !last)
        weights[`layer.${l}.skip.${type}`] = uniform(
          streams(`layer.${l}.skip.${type}`),
          [shape.input, output],
          1 / Math.sqrt(shape.input),
        );
    }
    for (const { name, scored } of shape.relations) {
      for (const side of ['source', 'target'])
        weights[`layer.${l}.${side}.${name}`] = glorotUniform(
          streams(`layer.${l}.${side}.${name}`),
          heads,
          output / heads,
        );
      if (!shape.scores || !scored) continue;
      weights[`layer.${l}.steer.${name}`] = filled([heads], 0);
      weights[`layer.${l}.gate.${name}`] = filled([output], 1);
    }
    linear(`layer.${l}.semantic`, output, output);
    weights[`layer.${l}.semantic.query`] = {
      ...glorotUniform(streams(`layer.${l}.semantic.query`), 1, output),
      shape: [output],
    };
  }
  return weights;
}

/** Mask tokens `token.TYPE` [1, width] and decoders: `node.TYPE.0`, `node.TYPE.1`, `edge.0`, `edge.1`. */
export function decoderWeights(streams: Streams, types: readonly NodeType[], width: number): Weights {
  const weights: Weights = {};
  const pair = (name: string, fanIn: number, fanOut: number) => {
    [
      [fanIn, width],
      [width, fanOut],
    ].forEach(([from, to], i) => {
      const { weight, bias } = linearWeights(streams(`${name}.${i}`), from!, to!);
      weights[`${name}.${i}.weight`] = weight;
      weights[`${name}.${i}.bias`] = bias;
    });
  };
  for (const type of types) {
    const random = streams(`token.${type}`);
    weights[`token.${type}`] = {
      shape: [1, width],
      data: Float32Array.from({ length: width }, () => TOKEN_SCALE * random.normal()),
    };
    pair(`node.${type}`, width, width);
  }
  pair('edge', 2 * width, 1);
  return weights;
}
