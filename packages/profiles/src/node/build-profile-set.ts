import { loadDataset, routerTraining } from '@routeprofile/data';
import { createEncoder } from '@routeprofile/encoders/node';
import { buildGraph, encodeNodes, toHetero, type GraphSwitches } from '@routeprofile/graph';
import {
  DEFAULT_ENCODER,
  RouteProfileError,
  parseOptions,
  parseStrategyReference,
  unknownName,
  type Dataset,
  type Encoder,
  type Mode,
  type ProfileSet,
  type ProfileStrategy,
  type RouterTraining,
  type RunContext,
  withoutPrefixes,
} from '@routeprofile/schema';
import { builtInProfiles } from '../built-in.js';

/** What `buildProfileSet` may be told, all optional; `seed` (default 42), `signal`, `logger`, `onProgress` and `store` as in every `RunContext`. */
export interface BuildProfileSetOptions extends Partial<RunContext> {
  /** `NAME:option=value…` of a built-in strategy, or a strategy of one's own. Default `emb-gnn`. */
  profile?: string | ProfileStrategy;
  /** Options of a strategy given as an object. */
  options?: Record<string, unknown>;
  /** A published graph, or switches. Default `query-task`. */
  graph?: string | GraphSwitches;
  /** `static-hash` (default), `use-lite-hash`, `hash`, `npz:FILE` …, or an encoder of one's own, which is then not disposed of. */
  encoder?: string | Encoder;
  /** Which models; default the dataset's candidates, in order. */
  models?: readonly string[];
  /** Folder of the embedding cache; without one nothing is kept. */
  cache?: string;
  /** How a folder is read; default standard. */
  mode?: Mode;
  /** File with test rows of a folder in the published layout that lacks them. They play no part in profiles. */
  test?: string;
}

/**
 * Dataset folder (or loaded dataset) → profiles: loads, builds the graph, encodes its nodes where the strategy needs that, and
 * builds. `vectors` of the set have the shape [models × dimensions], 768 dimensions with the default encoder.
 * @throws RouteProfileError of the step that failed: of the dataset, UNKNOWN_NAME for a profile, graph or encoder that does not
 *   exist, BAD_OPTION for options that do not fit, ABORTED.
 */
export async function buildProfileSet(
  source: string | Dataset,
  {
    profile = 'emb-gnn',
    options,
    graph = 'query-task',
    encoder = DEFAULT_ENCODER,
    ...rest
  }: BuildProfileSetOptions = {},
): Promise<ProfileSet> {
  const { cache, mode, test, signal, logger, onProgress, store } = rest;
  const ctx: RunContext = { seed: rest.seed ?? 42, signal, logger, onProgress, store };
  const [strategy, settings] = strategyOf(profile, options);
  const dataset =
    typeof source === 'string' ? await loadDataset(source, { mode, test, seed: ctx.seed, signal, logger }) : source;
  const models = rest.models ?? dataset.candidates.map((candidate) => candidate.id);
  const hetero = toHetero(buildGraph(dataset, typeof graph === 'string' ? { preset: graph } : graph));

  const using = typeof encoder === 'string' ? await createEncoder(encoder, { cache, signal, logger }) : encoder;
  try {
    const reading = withoutPrefixes(using, dataset.sharedPrefixes ?? []);
    const features = strategy.needs.includes('features') ? await encodeNodes(hetero, reading, ctx) : undefined;
    const training = strategy.needs.includes('training') ? await trainingOf(dataset, models, reading, ctx) : undefined;
    const input = { models, cards: dataset.cards, graph: hetero, features, training, encoder: reading };
    const set = await strategy.build(input, settings, ctx);
    return dataset.simulated ? { ...set, provenance: { ...set.provenance, simulated: true } } : set;
  } finally {
    if (using !== encoder) await using.dispose?.();
  }
}

/** Training rows, whose columns are the candidates: @throws RouteProfileError BAD_OPTION when other models want a profile. */
async function trainingOf(
  dataset: Dataset,
  models: readonly string[],
  encoder: Encoder,
  ctx: RunContext,
): Promise<RouterTraining> {
  const candidates = dataset.candidates.map((candidate) => candidate.id);
  if (models.length !== candidates.length || models.some((model, m) => model !== candidates[m]))
    throw new RouteProfileError('BAD_OPTION', 'profiles that learn from training rows are built for all candidates', {
      hint: `Omit \`models\`, or give: ${candidates.join(', ')}.`,
    });
  const texts = dataset.train.queries.map(({ text }) => text);
  return routerTraining(dataset, await encoder.encode(texts, ctx), encoder.id);
}

function strategyOf(
  profile: string | ProfileStrategy,
  options: Record<string, unknown> | undefined,
): [ProfileStrategy, Record<string, unknown>] {
  if (typeof profile !== 'string') return [profile, parseOptions(profile, options)];
  const reference = parseStrategyReference(profile);
  const strategy = builtInProfiles.find(({ name }) => name === reference.name);
  const names = builtInProfiles.map(({ name }) => name);
  if (!strategy)
    throw unknownName(`there is no profile called '${reference.name}'`, {
      written: reference.name,
      names,
      hint: `Profiles: ${names.join(', ')}.`,
    });
  return [strategy, parseOptions(strategy, { ...options, ...reference.options })];
}
