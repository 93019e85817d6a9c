// What use-lite makes of windows of tokens, before its last tanh, and what state each piece has on average among others.
import { createRuntime } from '@routeprofile/tensor';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import { useLiteFiles } from '../../dist/node.js';

export const DIMENSIONS = 512;
const HEAD = 'module_apply_default/Encoder_en/hidden_layers/tanh_layer_0';
const BEFORE_TANH = `${HEAD}/BiasAdd`;
const STATES =
  'module_apply_default/Encoder_en/KonaTransformer/Encode/TransformerStack/Layer_1/TransformerLayer/FFN/layer_postprocess/add';
const WEIGHTS = 'module/Encoder_en/hidden_layers/tanh_layer_0';
const BATCH_TOKENS = 1024;

/** @returns teach(windows, pieces, say): outputs before the tanh [windows × 512], sums of piece states through the last layer, counts */
export async function openTeacher() {
  const { tf } = await createRuntime({ backend: 'wasm' });
  const files = useLiteFiles();
  const { modelTopology, weightsManifest } = await files.model();
  const model = await loadGraphModel({
    load: async () => ({
      modelTopology,
      weightSpecs: weightsManifest.flatMap((group) => group.weights),
      weightData: await files.weights(weightsManifest.flatMap((group) => group.paths)),
    }),
  });
  const [kernel, bias] = ['weights', 'bias'].map((name) => model.weights[`${WEIGHTS}/${name}`][0].dataSync());

  async function run(windows) {
    const length = windows[0].length;
    const indices = tf.tensor2d(
      windows.flatMap((_, i) => Array.from({ length }, (_, k) => [i, k])),
      [windows.length * length, 2],
      'int32',
    );
    const values = tf.tensor1d(
      windows.flatMap((window) => [...window]),
      'int32',
    );
    const outputs = await model.executeAsync({ indices, values }, [BEFORE_TANH, STATES]);
    const data = await Promise.all(outputs.map((output) => output.data()));
    tf.dispose([...outputs, indices, values]);
    return data;
  }

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
      const order = windows.map((_, i) => i).sort((a, b) => windows[b].length - windows[a].length || a - b);
      for (let at = 0, done = 0; at < order.length;) {
        const length = windows[order[at]].length;
        const batch = [];
        while (at < order.length && windows[order[at]].length === length && (batch.length + 1) * length <= BATCH_TOKENS)
          batch.push(order[at++]);
        const [before, state] = await run(batch.map((i) => windows[i]));
        batch.forEach((i, row) => {
          outputs.set(before.subarray(row * DIMENSIONS, (row + 1) * DIMENSIONS), i * DIMENSIONS);
          windows[i].forEach((piece, k) => {
            const from = (row * length + k) * DIMENSIONS;
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
