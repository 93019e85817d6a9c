import {
  assertTrainable,
  corruptFile,
  createMatrix,
  defineScoringRouter,
  inheritance,
  normalizeRows,
  profileVectors,
  RouteProfileError,
  rowOf,
  takeRows,
  throwIfAborted,
  z,
  type LearnInput,
  type Matrix,
  type ProfileSet,
  type Reason,
  type RunContext,
} from '@routeprofile/schema';
import {
  dimensionsOf,
  expectedOutcomes,
  type ItemResponseChoice,
  fitResponseModel,
  mapQueries,
  meansByLabel,
  packResponseModel,
  placeByCard,
  type ResponseModel,
  unpackResponseModel,
  WIDEST_SPACE,
} from '@routeprofile/numerics';
import { leading, queryAxes } from '../common/query-axes.js';
import { workOn } from '../common/shared-work.js';
import { irtState, NAME, withAbility, type AbilitySource, type IrtState } from './state.js';

const auto = z.literal('auto');
const options = z.strictObject({
  /** Abilities a model has; `auto`, here as below: chosen by cross-validation over training queries. */
  dimensions: z.union([z.number().int().min(1).max(64), auto]).default('auto'),
  /** Principal components of the query vectors that discrimination and difficulty depend on. */
  width: z.union([z.number().int().min(1).max(512), auto]).default('auto'),
  /** Precision of the prior on what discrimination depends on of the query. */
  ridge: z.union([z.number().gt(0), auto]).default('auto'),
});
/** Options of `irtRouter`, parsed. All default to `auto`. */
export type IrtOptions = z.output<typeof options>;

/**
 * Multidimensional item response (after RADAR, arXiv 2509.25426): a model has abilities θ, a query a discrimination a(q) and a
 * difficulty b(q), both linear in its vector, and P(right) = σ(a(q)·θ − b(q)). The score is the expected outcome. Where only
 * pairs are known, P(i beats j) = σ(a(q)·(θ_i − θ_j)), and the score is a(q)·θ.
 *
 * With profiles of the strategy `irt` that hold their query map, abilities and map are those of the profiles; otherwise both are
 * fitted here. A model without training outcomes gets the ability that its card scores speak for, or, without scores on
 * known tasks, the mean ability of the others, weighted by how like its profile theirs are (see `inheritance`).
 */
export const responseRouter = /* @__PURE__ */ defineScoringRouter({
  name: NAME,
  summary: 'chance of being right, from the abilities of the models and the difficulty of the query',
  options,
  needs: ['vectors', 'training'],
  state: irtState,
  isLearned: hasResponses,
  // As `packResponseModel` names them; `unpackResponseModel` checks the rest.
  arrays: ({ dimensions }) => ({
    kind: [1],
    range: [2],
    map: [undefined, dimensions],
    offsets: ['map'],
    spread: [1],
    'prior/mean': [undefined],
    'prior/precision': ['prior/mean', 'prior/mean'],
    'task-weight': [1],
    tasks: [1],
    'task/*': [undefined],
  }),
  shapes: ({ models }) => ({ abilities: [models, 'prior/mean'] }),
  async learn(input, chosen, ctx) {
    assertTrainable(NAME, input);
    const { state, model, abilities } = hasResponses(input.profiles)
      ? fromProfiles(input)
      : await learn(input, chosen, ctx);
    const dimensions = model.map.weights.cols;
    return { dimensions, state, arrays: packResponseModel(model), weights: { abilities } };
  },
  prepare({ models, state, arrays, weights }) {
    if (state.sources.length !== models.length)
      throw corruptFile(NAME, `router.json: state: ${state.sources.length} sources for ${models.length} models`);
    const model = unpackResponseModel(arrays);
    const chances = model.kind === 'outcomes' && model.range[0] === 0 && model.range[1] === 1;
    return { model, chances, abilities: Float64Array.from(weights.abilities.data) };
  },
  score: ({ models, prepared: { model, abilities } }, { vectors }) =>
    createMatrix(vectors.rows, models.length, Float32Array.from(expectedOutcomes(model, abilities, vectors))),
  rows: {
    metric: 'dot',
    own: ({ weights }) => weights.abilities,
    of({ state }, profiles) {
      if (state.learnedBy === 'profile' && profiles.provenance.strategy === NAME)
        return profileVectors(NAME, { models: profiles.models, profiles });
      throw new RouteProfileError(
        'UNSUPPORTED',
        `${NAME}: these profiles do not hold abilities of this router's kind`,
        {
          hint: 'Fit the router on profiles of the strategy `irt`, and give a set that extends them.',
        },
      );
    },
    probes({ prepared: { model } }, vectors) {
      const { dimensions, discrimination } = mapQueries(model.map, vectors);
      return createMatrix(vectors.rows, dimensions, Float32Array.from(discrimination));
    },
    score: ({ prepared: { model } }, vectors, rows) =>
      rows.map((given, q) =>
        Float32Array.from(expectedOutcomes(model, Float64Array.from(given.data), takeRows(vectors, [q]))),
      ),
  },
  areChances: ({ prepared }) => prepared.chances,
  explain({ state, prepared: { model, chances } }, { winner, model: name, score, scores }): Reason[] {
    const mean = scores.reduce((a, b) => a + b, 0) / scores.length;
    const what = chances ? 'chance of being right' : model.kind === 'outcomes' ? 'expected outcome' : 'worth';
    const text = `${what} ${score.toFixed(3)}, mean of all models ${mean.toFixed(3)}`;
    const guess = GUESSED[state.sources[winner]!];
    if (!guess) return [{ kind: 'ability', text }];
    const why = `${name} has no training outcomes; its ability is estimated from ${guess}`;
    return [
      { kind: 'ability', text },
      { kind: 'inherited', text: why },
    ];
  },
  /** Who joins has the ability of its `irt` profile, of its card scores, or of the models with similar profiles. */
  join({ models: own, state, weights, arrays }, { models, added, profiles, cards }) {
    const model = unpackResponseModel(arrays);
    const shares = inheritance(unitProfiles(models, profiles), [
      ...own.map((_, m) => state.sources[m] === 'training'),
      ...added.map(() => false),
    ]);
    let { abilities } = weights;
    const sources = [...state.sources];
    const ofProfile = state.learnedBy === 'profile' && profiles.provenance.strategy === NAME;
    added.forEach((name, i) => {
      const at = own.length + i;
      const card = cards.find((each) => each.name === name);
      const placed = ofProfile
        ? { ability: rowOf(profiles.vectors, profiles.models.indexOf(name)) }
        : placeByCard(model.scale, card, model.prior);
      const share = shares.subarray(at * models.length, (at + 1) * models.length);
      abilities = withAbility(abilities, at, placed?.ability ?? mixed(weights.abilities, share));
      sources.push(placed && !ofProfile ? 'card' : 'profile');
    });
    return { state: { sources }, weights: { abilities } };
  },
});

const GUESSED: Partial<Record<AbilitySource, string>> = {
  card: 'the scores on its card',
  profile: 'models with similar profiles',
};

/** What is learned, here or by the profile set. */
interface LearnedResponses {
  state: IrtState;
  model: ResponseModel;
  /** [models × dimensions] */
  abilities: Matrix;
}

/** Whether the profiles are of the strategy `irt`, with their query map. */
function hasResponses({ provenance, state }: ProfileSet): boolean {
  return provenance.strategy === NAME && Object.keys(state ?? {}).length > 0;
}

const unitProfiles = (models: readonly string[], profiles: ProfileSet): Matrix =>
  normalizeRows(profileVectors(NAME, { models, profiles }));

/** Σ share · ability over the models that have one. */
function mixed(abilities: Matrix, shares: Float32Array): Float32Array {
  const out = new Float32Array(abilities.cols);
  for (let m = 0; m < abilities.rows; m++)
    rowOf(abilities, m).forEach((ability, d) => (out[d]! += shares[m]! * ability));
  return out;
}

/** Abilities and query map of `irt` profiles. */
function fromProfiles({ models, profiles, training }: LearnInput): LearnedResponses {
  const { provenance, state = {} } = profiles;
  const model = unpackResponseModel(state);
  const { encoder } = training.queries;
  if (encoder !== undefined && provenance.encoder !== null && encoder !== provenance.encoder)
    throw new RouteProfileError(
      'BAD_INPUT',
      `${NAME}: the profiles need queries encoded by '${provenance.encoder}', the training queries were encoded by '${encoder}'`,
      { hint: 'Encode both with one encoder.' },
    );
  return {
    state: { learnedBy: 'profile', sources: models.map((): AbilitySource => 'training') },
    model,
    abilities: profileVectors(NAME, { models, profiles }),
  };
}

const fixedChoice = ({ dimensions, width, ridge }: IrtOptions): Partial<ItemResponseChoice> => ({
  ...(dimensions !== 'auto' && { dimensions, constant: false }),
  ...(width !== 'auto' && { width }),
  ...(ridge !== 'auto' && { ridge }),
});

async function learn(
  { models, cards, training, profiles, vectors }: LearnInput,
  chosen: IrtOptions,
  ctx: RunContext,
): Promise<LearnedResponses> {
  const { outcomes, pairs, tasks } = training;
  const fixed = fixedChoice(chosen);
  const axes = leading(await queryAxes(workOn(training.queries, vectors), ctx.seed), fixed.width ?? WIDEST_SPACE);
  throwIfAborted(ctx);
  const reduced = { axes, coordinates: axes.coordinates(undefined, axes.axes.rows) };
  const learned = fitResponseModel(
    { models, cards, vectors, reduced, outcomes: outcomes?.score ?? null, pairs, tasks: meansByLabel(vectors, tasks) },
    fixed,
    ctx,
  );
  const D = dimensionsOf(learned.model);
  const abilities = createMatrix(models.length, D, Float32Array.from(learned.abilities));
  const known = learned.sources.map((source) => source === 'training');
  const shares = known.every(Boolean) ? null : inheritance(unitProfiles(models, profiles), known);
  const sources = learned.sources.map((source, m): AbilitySource => {
    if (source) return source;
    if (shares) rowOf(abilities, m).set(mixed(abilities, shares.subarray(m * models.length, (m + 1) * models.length)));
    return 'profile';
  });
  const state: IrtState = {
    learnedBy: 'router',
    sources,
    choice: learned.choice,
    crossValidation: learned.tried.map((tried) => ({ ...tried })),
  };
  return { state, model: learned.model, abilities };
}
