import {
  assertFinite,
  createMatrix,
  defineProfile,
  normalizeRows,
  RouteProfileError,
  throwIfAborted,
  z,
  type Matrix,
  type NamedArray,
  type ProfileInput,
  type ProfileSet,
  type RunContext,
} from '@routeprofile/schema';
import { commonPart, withoutCommonPart, type CommonPart } from './common-part.js';

/** Wherever a profile is named, a plugin goes by its package name. */
const NAME = 'routeprofile-profile-all-but-the-top';

const options = z.strictObject({
  /** Principal directions to take away beside the mean. */
  remove: z.number().int().min(0).max(100).default(1),
});
export type AllButTheTopOptions = z.infer<typeof options>;

/**
 * A model's card, encoded, less what all cards have in common: their mean and their first principal directions
 * (Mu and Viswanath, All-but-the-Top, 2018, arXiv 1702.01417). Flat, text, training-free.
 */
export default defineProfile<AllButTheTopOptions>({
  name: NAME,
  summary: 'encoded cards without the mean and the first principal directions of all cards',
  options,
  needs: [],
  designPoint: () => ({ form: 'flat', representation: 'text', hops: 0, learning: 'training-free' }),

  async build(input, { remove }, ctx) {
    // The common part is that of every model in the graph, so that a vector does not depend on who else is asked for.
    const everyone = modelNodes(input);
    const common = commonPart(await encoded(textsOf(everyone.names, everyone), input, ctx), remove);
    const texts = textsOf(input.models, everyone);
    const vectors = withoutCommonPart(await encoded(texts, input, ctx), common);
    assertFinite(vectors, `${NAME}: profiles`);
    return {
      models: [...input.models],
      vectors,
      texts,
      provenance: {
        strategy: NAME,
        options: { remove },
        designPoint: this.designPoint({ remove }),
        encoder: input.encoder.id,
        graph: { name: input.graph.name, hash: input.graph.hash },
        seed: ctx.seed,
        versions: {},
        diagnostics: { removed: common.directions.rows },
      },
      state: { mean: named(common.mean), directions: named(common.directions) },
    };
  },

  /** A model that joins has the common part of those that were there taken away, so that theirs stay as they are. */
  async extend(set, input, { remove }, ctx) {
    if (set.provenance.encoder !== input.encoder.id)
      throw new RouteProfileError('BAD_INPUT', `${NAME}: the set was made with the encoder ${set.provenance.encoder}`, {
        hint: `Use --encoder ${set.provenance.encoder}.`,
      });
    if (set.provenance.options['remove'] !== remove)
      throw new RouteProfileError('BAD_OPTION', `${NAME}: the set was made with other options`, {
        hint: 'Extend a set with the options it was made with.',
      });
    const added = input.models.filter((model) => !set.models.includes(model));
    if (added.length === 0) return set;
    const texts = textsOf(added, modelNodes(input));
    const vectors = withoutCommonPart(await encoded(texts, input, ctx), savedCommonPart(set));
    const data = Float32Array.from([...set.vectors.data, ...vectors.data]);
    return {
      ...set,
      models: [...set.models, ...added],
      vectors: createMatrix(set.models.length + added.length, set.vectors.cols, data),
      texts: [...(set.texts ?? set.models.map(() => '')), ...texts],
    };
  },
});

const named = ({ rows, cols, data }: Matrix): NamedArray => ({ shape: [rows, cols], data });

function modelNodes({ graph }: ProfileInput) {
  const nodes = graph.nodes.find(({ type }) => type === 'model');
  if (nodes) return nodes;
  throw new RouteProfileError('BAD_INPUT', `${NAME}: the graph ${graph.name} has no models`, {
    hint: 'Build the graph from a dataset with model cards.',
  });
}

/** @throws RouteProfileError UNKNOWN_NAME naming the models that are not in the graph */
function textsOf(models: readonly string[], { names, texts }: { names: readonly string[]; texts: readonly string[] }) {
  const unknown = models.filter((model) => !names.includes(model));
  if (unknown.length > 0)
    throw new RouteProfileError('UNKNOWN_NAME', `${NAME}: not in the graph: ${unknown.join(', ')}`, {
      hint: 'Give each a card in the dataset.',
    });
  // The name belongs to the text: two models whose cards say the same differ in it.
  return models.map((model) => `${model}: ${texts[names.indexOf(model)]!}`);
}

async function encoded(texts: readonly string[], { encoder }: ProfileInput, ctx: RunContext): Promise<Matrix> {
  throwIfAborted(ctx);
  return normalizeRows(await encoder.encode(texts, ctx));
}

/** @throws RouteProfileError CORRUPT_FILE */
function savedCommonPart({ state, vectors }: ProfileSet): CommonPart {
  const matrix = (name: string): Matrix => {
    const array = state?.[name];
    const [rows, cols] = array?.shape ?? [];
    if (!array || rows === undefined || cols !== vectors.cols || array.data.length !== rows * cols)
      throw new RouteProfileError('CORRUPT_FILE', `${NAME}: the set does not hold its ${name}`, {
        hint: 'Build the profiles again.',
      });
    return createMatrix(rows, cols, array.data);
  };
  return { mean: matrix('mean'), directions: matrix('directions') };
}
