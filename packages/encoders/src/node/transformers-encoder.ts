import { createMatrix, parseOptions, RouteProfileError, throwIfAborted, z, type Encoder } from '@routeprofile/schema';

export const transformersOptionsSchema = z.strictObject({
  pooling: z.enum(['mean', 'cls']).default('mean'),
  /** Rows of unit length. */
  normalize: z.boolean().default(true),
  dtype: z.string().default('fp32'),
  /** Texts at a time. */
  batch: z.number().int().min(1).max(1024).default(16),
  /** The library's version, as ids tell it; must be the one installed. */
  version: z.string().optional(),
});
/**
 * Options of `transformers:MODEL` as people write them. Defaults: mean pooling, unit length, fp32, 16 texts at a time.
 */
export type TransformersOptions = z.input<typeof transformersOptionsSchema>;

const PACKAGE = '@huggingface/transformers';

/** The little that is used of the library. */
interface Extractor {
  (texts: string[], options: { pooling: string; normalize: boolean }): Promise<unknown>;
  dispose?: () => Promise<unknown>;
}
interface TransformersModule {
  env?: { version?: string };
  pipeline(task: 'feature-extraction', model: string, options: { dtype: string }): Promise<Extractor>;
}
const tensorSchema = z.object({ dims: z.array(z.number().int()), data: z.instanceof(Float32Array) });

/** Which model `openTransformersEncoder` opens, and how. */
export interface TransformersSettings {
  /** A name on the Hugging Face hub, or a local folder. */
  model: string;
  options?: TransformersOptions;
  /** How the library is imported. For tests. */
  load?: (specifier: string) => Promise<unknown>;
}

/**
 * A sentence encoder of `@huggingface/transformers`, if the user has installed it. Texts longer than the model reads
 * are cut by its own tokenizer.
 * @throws RouteProfileError UNSUPPORTED when the library is absent or of another version, ENCODER_FAILED, BAD_OPTION.
 */
export async function openTransformersEncoder(settings: TransformersSettings): Promise<Encoder> {
  const { model, load = (specifier: string) => import(specifier) as Promise<unknown> } = settings;
  const options = parseOptions({ name: 'transformers', options: transformersOptionsSchema }, settings.options);
  if (model === '')
    throw new RouteProfileError('BAD_OPTION', 'transformers: names no model', {
      hint: 'Write transformers:Xenova/all-MiniLM-L6-v2.',
    });
  const library = await loadLibrary(load);
  const version = library.env?.version ?? 'unknown';
  if (options.version !== undefined && options.version !== version)
    throw new RouteProfileError(
      'UNSUPPORTED',
      `transformers: version ${options.version} was asked for, but ${version} is installed`,
      {
        hint: `npm install ${PACKAGE}@${options.version}`,
      },
    );
  const failed = (cause: unknown) =>
    new RouteProfileError(
      'ENCODER_FAILED',
      `transformers:${model}: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        hint: 'Check the name of the model, and that its ONNX files can be reached.',
        cause,
      },
    );
  const extractor = await library
    .pipeline('feature-extraction', model, { dtype: options.dtype })
    .catch((cause: unknown) => {
      throw failed(cause);
    });

  async function embed(texts: readonly string[]): Promise<{ dimensions: number; data: Float32Array }> {
    const output = await extractor([...texts], { pooling: options.pooling, normalize: options.normalize }).catch(
      (cause: unknown) => {
        throw failed(cause);
      },
    );
    const tensor = tensorSchema.safeParse(output);
    const [rows, dimensions] = tensor.success ? tensor.data.dims : [];
    if (!tensor.success || tensor.data.dims.length !== 2 || rows !== texts.length || !dimensions)
      throw failed(
        new Error(`${texts.length} texts gave no matrix of as many rows (${JSON.stringify(tensor.data?.dims)})`),
      );
    if (!tensor.data.data.every(Number.isFinite)) throw failed(new Error('a vector holds NaN or infinity'));
    return { dimensions, data: tensor.data.data };
  }
  const { dimensions } = await embed(['How many dimensions?']);
  const { pooling, normalize, dtype } = options;

  return {
    specVersion: 1,
    id: `transformers:${model}:dtype=${dtype}:normalize=${normalize}:pooling=${pooling}:version=${version}`,
    dimensions,
    async encode(texts, ctx) {
      throwIfAborted(ctx);
      const out = createMatrix(texts.length, dimensions);
      // Texts of like length go together: a batch is padded to its longest.
      const order = texts.map((_, i) => i).sort((a, b) => texts[b]!.length - texts[a]!.length || a - b);
      for (let start = 0; start < order.length; start += options.batch) {
        throwIfAborted(ctx);
        const part = order.slice(start, start + options.batch);
        const vectors = await embed(part.map((i) => texts[i]!));
        if (vectors.dimensions !== dimensions)
          throw failed(new Error(`vectors of ${vectors.dimensions} dimensions after some of ${dimensions}`));
        part.forEach((i, row) => {
          out.data.set(vectors.data.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions);
        });
        ctx?.onProgress?.({ stage: 'encode', done: start + part.length, total: texts.length, unit: 'texts' });
      }
      return out;
    },
    async dispose() {
      await extractor.dispose?.();
    },
  };
}

const isLibrary = (value: unknown): value is TransformersModule =>
  typeof value === 'object' && value !== null && 'pipeline' in value && typeof value.pipeline === 'function';

async function loadLibrary(load: (specifier: string) => Promise<unknown>): Promise<TransformersModule> {
  let library: unknown;
  try {
    library = await load(PACKAGE);
  } catch (cause) {
    throw new RouteProfileError('UNSUPPORTED', `transformers: the optional package ${PACKAGE} cannot be loaded`, {
      hint: `npm install ${PACKAGE} or, where only the npm registry can be reached: ONNXRUNTIME_NODE_INSTALL=skip npm install ${PACKAGE}`,
      cause,
    });
  }
  if (isLibrary(library)) return library;
  throw new RouteProfileError('UNSUPPORTED', `transformers: the installed ${PACKAGE} has no pipeline()`, {
    hint: `npm install ${PACKAGE}@4`,
  });
}
