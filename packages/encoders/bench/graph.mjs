// The TensorFlow.js graph of use-lite, on the WebAssembly backend as shipped: what the encoder does itself, faster and rounded.
import { createRuntime } from '@routeprofile/tensor';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import { useLiteFiles } from '../dist/node.js';

const BATCH_TOKENS = 1024;

/** @returns weights(name): numbers; run(windows, outputs): of windows of equal length, the numbers of each output, by default of the graph's own; batches(windows): indices of those that go together */
export async function openGraph() {
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
  return {
    weights: (name) => model.weights[name][0].dataSync(),
    *batches(windows) {
      const order = windows.map((_, i) => i).sort((a, b) => windows[b].length - windows[a].length || a - b);
      for (let at = 0; at < order.length;) {
        const { length } = windows[order[at]];
        const batch = [];
        while (at < order.length && windows[order[at]].length === length && (batch.length + 1) * length <= BATCH_TOKENS)
          batch.push(order[at++]);
        yield batch;
      }
    },
    async run(windows, outputs) {
      const { length } = windows[0];
      const indices = tf.tensor2d(
        windows.flatMap((_, i) => Array.from({ length }, (_, k) => [i, k])),
        [windows.length * length, 2],
        'int32',
      );
      const values = tf.tensor1d(
        windows.flatMap((window) => [...window]),
        'int32',
      );
      const results = [await model.executeAsync({ indices, values }, outputs)].flat();
      const data = await Promise.all(results.map((result) => result.data()));
      tf.dispose([...results, indices, values]);
      return data;
    },
  };
}
