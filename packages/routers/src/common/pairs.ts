import {
  createRandom,
  isLog,
  RouteProfileError,
  seenModels,
  type OutcomeValues,
  type PreferencePair,
  type Random,
  type RouterInput,
  type RunContext,
} from '@routeprofile/schema';
import { fitAdditive } from '@routeprofile/numerics';

/** At most `limit` pairs per query from its unequal outcomes; models without an outcome take no part. */
export function pairsFromOutcomes(
  { score }: OutcomeValues,
  models: number,
  limit: number,
  random: Random,
): PreferencePair[] {
  const pairs: PreferencePair[] = [];
  for (let query = 0; query * models < score.length; query++) {
    const unequal: PreferencePair[] = [];
    const row = score.subarray(query * models, (query + 1) * models);
    row.forEach((a, better) => row.forEach((b, worse) => a > b && unequal.push({ query, better, worse })));
    pairs.push(...random.sample(unequal, limit));
  }
  return pairs;
}

/**
 * Pairs of a log, in which no query compares two models: the outcome of the one that answered against what another, drawn at random,
 * gives on average (query + model, by least squares). A model that is right with chance p on a kind of query wins a share p of its
 * pairs there, so that the pairs order models as their outcomes do.
 * @param seen one a model: whether it has any outcome
 * @param limit pairs per query that one model answered
 */
function pairsFromLog(
  { score }: Pick<OutcomeValues, 'score'>,
  seen: readonly boolean[],
  limit: number,
  random: Random,
): PreferencePair[] {
  const models = seen.length;
  const fit = fitAdditive(score, models, { loneRows: 'together' });
  const known = [...seen.keys()].filter((m) => seen[m]);
  const pairs: PreferencePair[] = [];
  for (let query = 0; query * models < score.length; query++) {
    const row = score.subarray(query * models, (query + 1) * models);
    const measured = [...row.keys()].filter((m) => !Number.isNaN(row[m]!));
    if (measured.length !== 1) continue;
    const [own] = measured;
    const others = random.sample(
      known.filter((m) => m !== own),
      limit,
    );
    for (const other of others) {
      const lead = row[own!]! - (fit.rows[query]! + fit.models[other]!);
      if (lead !== 0) pairs.push({ query, better: lead > 0 ? own! : other, worse: lead > 0 ? other : own! });
    }
  }
  return pairs;
}

/** For a training set in which no query tells two models apart. */
export const nothingToLearn = (strategy: string): RouteProfileError =>
  new RouteProfileError(
    'NO_TRAINING_DATA',
    `${strategy}: there is no pair of a better and a worse model to learn from`,
    {
      hint: 'Give training pairs, or outcomes in which at least one query tells two models apart.',
    },
  );

/** Shape [pairs × models]: +1 at the better, -1 at the worse, so that a row of scores times it sums to their difference. */
export function differences(pairs: readonly PreferencePair[], models: number): Float32Array {
  const out = new Float32Array(pairs.length * models);
  pairs.forEach(({ better, worse }, i) => {
    out[i * models + better] = 1;
    out[i * models + worse] = -1;
  });
  return out;
}

/**
 * The pairs to learn from: those given, else drawn from the outcomes; of a log, see `pairsFromLog`. Pairs that name no known query or model are
 * left out and counted in a warning.
 * @throws RouteProfileError NO_TRAINING_DATA when none is left.
 */
export function trainingPairs(
  strategy: string,
  { models, training }: RouterInput,
  pairsPerQuery: number,
  ctx: RunContext,
): PreferencePair[] {
  const { pairs, outcomes, queries } = training;
  const random = createRandom(ctx.seed, strategy, 'pairs');
  const logged = outcomes !== null && isLog(outcomes, models.length);
  const drawn = (values: OutcomeValues) => pairsFromOutcomes(values, models.length, pairsPerQuery, random);
  const all = logged
    ? [...drawn(outcomes), ...pairsFromLog(outcomes, seenModels(training, models.length), pairsPerQuery, random)].sort(
        (a, b) => a.query - b.query,
      )
    : pairs.length > 0 || !outcomes
      ? pairs
      : drawn(outcomes);
  const known = all.filter(
    ({ query, better, worse }) => query in queries.texts && better in models && worse in models && better !== worse,
  );
  const dropped = all.length - known.length;
  if (dropped > 0)
    ctx.logger?.warn(`${strategy}: ${dropped} of ${all.length} training pairs name an unknown query or model`);
  if (known.length > 0) return known;
  throw nothingToLearn(strategy);
}

export interface Split {
  train: PreferencePair[];
  validation: PreferencePair[];
}

/** How many of `count` to hold out: at least one, and at least one stays. */
export const heldOut = (count: number, share: number): number =>
  share === 0 || count < 2 ? 0 : Math.min(count - 1, Math.max(1, Math.floor(count * share)));

/** All pairs of a query on one side, so that validation asks for queries never seen. */
export function splitByQuery(pairs: readonly PreferencePair[], share: number, random: Random): Split {
  const queries = [...new Set(pairs.map(({ query }) => query))];
  const validation = new Set(random.shuffle(queries).slice(0, heldOut(queries.length, share)));
  return {
    train: pairs.filter(({ query }) => !validation.has(query)),
    validation: pairs.filter(({ query }) => validation.has(query)),
  };
}

/** The published split, in which a query's pairs fall on both sides. */
export function splitByPair(pairs: readonly PreferencePair[], share: number, random: Random): Split {
  const shuffled = random.shuffle(pairs);
  const cut = pairs.length - heldOut(pairs.length, share);
  return { train: shuffled.slice(0, cut), validation: shuffled.slice(cut) };
}
