import {
  createMatrix,
  isScoringRouter,
  parseOptions,
  plural,
  profileFilterSchema,
  RouteProfileError,
  rowOf,
  type Decision,
  type FoundProfiles,
  type Matrix,
  type ProfileFilter,
  type ProfileIndex,
  type QueryBatch,
  type RankedModel,
  type Requirements,
  type Router,
  type RowScoring,
  type RunContext,
  z,
} from '@routeprofile/schema';
import { takeQueries } from '../common/folds.js';
import { unsavable, type WrappedRouter } from '../wrappers/wrapped.js';

/** What is read of an index. */
export type SearchedIndex = Pick<ProfileIndex, 'dimensions' | 'encoder' | 'metric' | 'models' | 'search' | 'vectors'>;

/** How many models of a catalogue are scored. */
export interface RetrievalSettings {
  /** Models retrieved per query, and scored. Default 100. */
  n?: number;
  /** What every model must offer, beside what each query requires (`QueryBatch.requirements`). Default: nothing. */
  filter?: ProfileFilter;
}

/** Models per query, unless said otherwise. */
export const RETRIEVED = 100;

const retrievalSettings = /* @__PURE__ */ z.strictObject({
  n: /* @__PURE__ */ z.number().int().min(1).default(RETRIEVED),
  filter: /* @__PURE__ */ profileFilterSchema.default({}),
});

/**
 * The score of a model from one row of numbers, for routers that have it.
 * @throws RouteProfileError UNSUPPORTED
 */
export function rowScoring(router: Router): RowScoring {
  if (isScoringRouter(router) && router.rows) return router.rows;
  throw new RouteProfileError(
    'UNSUPPORTED',
    'retrieve: this router does not score a model by itself, so it cannot score some of a catalogue',
    {
      hint: 'Use `sim`, `attention` or `irt`, or another router that has `rows`; put it innermost, as in sim+retrieve.',
    },
  );
}

/**
 * The router on a catalogue: the index finds the `n` models nearest to each query's probe, and only these are scored and ranked. The router need not
 * have been fitted on them: their rows come from the index, which holds what `router.rows.of(profiles)` gives; rows of models that the
 * router knows are its own, so that rounding in the index does not change their scores. With an index that finds all models, decisions are
 * those of the router itself, but for one more reason.
 *
 * What the index passes over is not ranked. For `sim` and `irt` the probe ranks models as the score does; for `attention` it does so where every
 * model was measured at every key, and roughly elsewhere.
 *
 * `decide` throws UNSUPPORTED where no model of the catalogue fulfils a query. The result cannot be saved: save router and index.
 * @throws RouteProfileError UNSUPPORTED for a router without `rows`, SHAPE_MISMATCH and BAD_OPTION for an index of other rows, BAD_INPUT for one of another encoder
 */
export function withRetrieval(router: Router, index: SearchedIndex, settings: RetrievalSettings = {}): WrappedRouter {
  const { n, filter } = parseOptions({ name: 'retrieve', options: retrievalSettings }, settings);
  const rows = rowScoring(router);
  if (index.metric !== rows.metric && rows.metric === 'dot')
    throw new RouteProfileError(
      'BAD_OPTION',
      "retrieve: the index compares by cosine, the router's scores are dot products",
      {
        hint: 'Build the index with the option metric: dot.',
      },
    );
  const known = new Map(router.models.map((model, m) => [model, m]));
  let own: Matrix | undefined;

  const rowsOf = async (models: readonly string[], width: number): Promise<Matrix> => {
    const strangers = models.filter((model) => !known.has(model));
    const given = strangers.length > 0 ? await index.vectors(strangers) : createMatrix(0, width);
    const out = createMatrix(models.length, width);
    let next = 0;
    models.forEach((model, i) => {
      const m = known.get(model);
      rowOf(out, i).set(m === undefined ? rowOf(given, next++) : rowOf((own ??= rows.own()), m));
    });
    return out;
  };

  const retrieve = async (queries: QueryBatch, ctx: RunContext | undefined) => {
    const probes = rows.probes(queries);
    if (probes.cols !== index.dimensions)
      throw new RouteProfileError(
        'SHAPE_MISMATCH',
        `retrieve: the index holds rows of ${index.dimensions} numbers, the router scores rows of ${probes.cols}`,
        { hint: 'Build the index on the rows that the router gives: router.rows.of(profiles).' },
      );
    if (queries.encoder !== undefined && index.encoder !== null && queries.encoder !== index.encoder)
      throw new RouteProfileError(
        'BAD_INPUT',
        `retrieve: the index is of the encoder '${index.encoder}', the vectors of the queries are of '${queries.encoder}'`,
        { hint: 'Encode the queries with the encoder of the index, or build the index with theirs.' },
      );
    const filters = queries.texts.map((_, q): ProfileFilter => {
      const demand = queries.requirements?.[q];
      return demand ? { ...filter, requirements: bothOf(filter.requirements ?? {}, demand) } : filter;
    });
    return index.search(probes, n, filters, ctx);
  };

  return {
    get models() {
      return index.models();
    },
    keepsScores: true,
    async decide(queries, ctx) {
      const found = await retrieve(queries, ctx);
      return Promise.all(
        found.map(async ({ profiles, admitted, complete }, q): Promise<Decision> => {
          if (profiles.length === 0) throw nobody(queries, q);
          // In the order of the catalogue, by which ties break.
          const inOrder = [...profiles].sort((a, b) => a.order - b.order);
          const models = inOrder.map(({ model }) => model);
          const asked = takeQueries(queries, Int32Array.of(q));
          const [scores] = rows.score(asked, [await rowsOf(models, index.dimensions)]);
          return ranking(models, scores!, rows.chances, { admitted, complete });
        }),
      );
    },
    save: unsavable,
  };
}

/** What either asks for; where they name different regions, the query's own. */
const bothOf = (all: Requirements, own: Requirements): Requirements => ({
  ...all,
  ...Object.fromEntries(Object.entries(own).filter(([, asked]) => asked !== false && asked !== undefined)),
  contextTokens: Math.max(all.contextTokens ?? 0, own.contextTokens ?? 0),
  outputTokens: Math.max(all.outputTokens ?? 0, own.outputTokens ?? 0),
});

function ranking(
  models: readonly string[],
  scores: Float32Array,
  chances: boolean,
  { admitted, complete }: Pick<FoundProfiles, 'admitted' | 'complete'>,
): Decision {
  const ranked = models
    .map((model, m): RankedModel => ({ model, score: scores[m]!, ...(chances && { probability: scores[m]! }) }))
    .map((entry, place) => ({ entry, place }))
    .sort((a, b) => b.entry.score - a.entry.score || a.place - b.place)
    .map(({ entry }) => entry);
  const certainty = complete ? '' : ', by approximate search';
  return {
    model: ranked[0]!.model,
    ranked,
    reasons: [
      {
        kind: 'retrieved',
        text: `score ${ranked[0]!.score.toFixed(3)}, the best of ${plural(models.length, 'model')} retrieved from ${admitted}${certainty}`,
      },
    ],
  };
}

const nobody = ({ ids, texts }: QueryBatch, q: number) =>
  new RouteProfileError(
    'UNSUPPORTED',
    `retrieve: no model of the catalogue fulfils ${ids?.[q] ?? (texts.length === 1 ? 'the query' : `query number ${q}`)}`,
    { hint: 'Ask for less, or add a model that does.' },
  );
