import {
  assertTrainable,
  createMatrix,
  defineRouter,
  inheritance,
  joinedManifest,
  joiningModels,
  normalizeRows,
  profileVectors,
  queryVectors,
  RouteProfileError,
  rowOf,
  throwIfAborted,
  z,
  type Matrix,
  type ProfileSet,
  type RouterInput,
  type RunContext,
} from '@routeprofile/schema';
import {
  dimensionsOf,
  type ItemResponseChoice,
  learnResponses,
  meansByLabel,
  placeByCard,
  unpackResponseModel,
} from '@routeprofile/numerics';
import { probeOnboarding } from '../onboarding/index.js';
import { create } from './fitted.js';
import { NAME, partsOf, withAbility, type AbilitySource, type IrtParts, type IrtState } from './state.js';

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
export const irtRouter = /* @__PURE__ */ defineRouter<IrtOptions>({
  name: NAME,
  summary: 'chance of being right, from the abilities of the models and the difficulty of the query',
  options,
  needs: ['vectors', 'training'],
  async fit(input, chosen, ctx) {
    throwIfAborted(ctx);
    assertTrainable(NAME, input);
    const parts = fromProfiles(input) ?? learn(input, chosen, ctx);
    return create({
      ...parts,
      manifest: {
        version: 1,
        strategy: NAME,
        options: { ...chosen },
        models: [...input.models],
        encoder: input.training.queries.encoder ?? null,
        dimensions: parts.model.map.weights.cols,
        seed: ctx.seed,
        state: {},
      },
    });
  },
  async load(artifact) {
    return create(partsOf(artifact));
  },
  probes: probeOnboarding,
  /** Who joins has the ability of its `irt` profile, of its card scores, or of the models with similar profiles. */
  async extend(artifact, { profiles, cards }, ctx) {
    throwIfAborted(ctx);
    const parts = partsOf(artifact);
    const joining = joiningModels(artifact, { profiles, cards });
    const { model, state } = parts;
    const shares = inheritance(unitProfiles(joining.models, profiles), [
      ...parts.manifest.models.map((_, m) => state.sources[m] === 'training'),
      ...joining.added.map(() => false),
    ]);
    let { abilities } = parts;
    const sources = [...state.sources];
    const ofProfile = state.learnedBy === 'profile' && profiles.provenance.strategy === NAME;
    joining.added.forEach((name, i) => {
      const at = parts.abilities.rows + i;
      const card = cards.find((each) => each.name === name);
      const placed = ofProfile
        ? { ability: rowOf(profiles.vectors, profiles.models.indexOf(name)) }
        : placeByCard(model.scale, card, model.prior);
      const share = shares.subarray(at * joining.models.length, (at + 1) * joining.models.length);
      abilities = withAbility(abilities, at, placed?.ability ?? mixed(parts.abilities, share));
      sources.push(placed && !ofProfile ? 'card' : 'profile');
    });
    return create({ ...parts, manifest: joinedManifest(artifact, joining), state: { ...state, sources }, abilities });
  },
});

const unitProfiles = (models: readonly string[], profiles: ProfileSet): Matrix =>
  normalizeRows(profileVectors(NAME, { models, profiles }));

/** Σ share · ability over the models that have one. */
function mixed(abilities: Matrix, shares: Float32Array): Float32Array {
  const out = new Float32Array(abilities.cols);
  for (let m = 0; m < abilities.rows; m++)
    rowOf(abilities, m).forEach((ability, d) => (out[d]! += shares[m]! * ability));
  return out;
}

/** Abilities and query map of `irt` profiles; undefined for other profiles and for those without their map. */
function fromProfiles({ models, profiles, training }: RouterInput): Omit<IrtParts, 'manifest'> | undefined {
  const { provenance, state } = profiles;
  if (provenance.strategy !== NAME || !state || Object.keys(state).length === 0) return undefined;
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

function learn(input: RouterInput, chosen: IrtOptions, ctx: RunContext): Omit<IrtParts, 'manifest'> {
  const { models, cards, training, profiles } = input;
  const { queries, outcomes, pairs, tasks } = training;
  const space = { what: 'training queries', encoder: queries.encoder ?? null, dimensions: queries.vectors?.cols ?? 0 };
  const vectors = queryVectors(NAME, queries, space);
  const learned = learnResponses(
    { models, cards, vectors, outcomes: outcomes?.score ?? null, pairs, tasks: meansByLabel(vectors, tasks) },
    fixedChoice(chosen),
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
