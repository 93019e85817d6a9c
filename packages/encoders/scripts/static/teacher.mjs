// What use-lite makes of windows of tokens, before its last tanh, and what state each piece has on average among others.
import { openGraph } from '../../bench/graph.mjs';

export const DIMENSIONS = 512;
const HEAD = 'module_apply_default/Encoder_en/hidden_layers/tanh_layer_0';
const BEFORE_TANH = `${HEAD}/BiasAdd`;
const STATES =
  'module_apply_default/Encoder_en/KonaTransformer/Encode/TransformerStack/Layer_1/TransformerLayer/FFN/layer_postprocess/add';
const WEIGHTS = 'module/Encoder_en/hidden_layers/tanh_layer_0';

/** @returns teach(windows, pieces, say): outputs before the tanh [windows × 512], sums of piece states through the last layer, counts */
export async function openTeacher() {
  const graph = await openGraph();
  const [kernel, bias] = ['weights', 'bias'].map((name) => graph.weights(`${WEIGHTS}/${name}`));

  return {
    /** Averages of states, put through the last linear layer: what a piece gives before the tanh, on its own. */
    project(states, rows) {
      const out = new Float32Array(rows * DIMENSIONS);
      for (let r = 0; r < rows; r++)
        for (let k = 0; k < DIMENSIONS; k++) {
          const x = states[r * DIMENSIONS + k];
          for (let d = 0; d < DIMENSIONS; d++) out[r * DIMENSIONS + d] += x * kernel[k * DIMENSIONS + d];
        }
      for (let i = 0; i < out.length; i++) out[i] += bias[i % DIMENSIONS];
      return out;
    },
    async teach(windows, pieces, say = () => {}) {
      const outputs = new Float32Array(windows.length * DIMENSIONS);
      const states = new Float64Array(pieces * DIMENSIONS);
      const counts = new Float64Array(pieces);
      let done = 0;
      for (const batch of graph.batches(windows)) {
        const [before, state] = await graph.run(
          batch.map((i) => windows[i]),
          [BEFORE_TANH, STATES],
        );
        batch.forEach((i, row) => {
          outputs.set(before.subarray(row * DIMENSIONS, (row + 1) * DIMENSIONS), i * DIMENSIONS);
          windows[i].forEach((piece, k) => {
            const from = (row * windows[i].length + k) * DIMENSIONS;
            counts[piece]++;
            for (let d = 0; d < DIMENSIONS; d++) states[piece * DIMENSIONS + d] += state[from + d];
          });
        });
        done += batch.length;
        say(done, windows.length);
      }
      return { outputs, states, counts };
    },
  };
}
