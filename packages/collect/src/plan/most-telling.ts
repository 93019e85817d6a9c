import { abilityPrior, fitTunedItemResponse, mapQueries, mostInformative, placeAbility } from '@routeprofile/numerics';
import { createRandom, takeRows, throwIfAborted, type Matrix, type RunContext } from '@routeprofile/schema';
import type { Pair } from './grid.js';

/** Items that are looked at for each model: choosing among more takes long and changes little. */
const LOOKED_AT = 1500;
/** With fewer scored items nothing can be learned of what tells much. */
const FEWEST = 12;

/**
 * Pairs that were not asked yet, those first that tell most of how good each model is where: an item response model is fitted to what
 * was scored; for each model items are chosen, one after the other, that lower the uncertainty of its chances of being right the most
 * (see `mostInformative`); models take turns, so that none is forgotten.
 * @param vectors [items × width]
 * @param scores [items × models] from 0 to 1; NaN = not known
 * @param open pairs that may still be asked
 * @returns undefined while too little is scored
 */
export function mostTelling(
  vectors: Matrix,
  scores: Float64Array,
  models: number,
  open: (pair: Pair) => boolean,
  ctx: RunContext,
): Pair[] | undefined {
  const items = vectors.rows;
  const scored = Array.from({ length: items }, (_, i) => i).filter((i) =>
    scores.subarray(i * models, (i + 1) * models).some((score) => !Number.isNaN(score)),
  );
  if (scored.length < FEWEST) return undefined;
  const learned = fitTunedItemResponse(vectors, { queries: items, models, outcomes: scores }, {}, ctx);
  const D = learned.dimensions;
  const known = learned.abilities.filter((_, k) => learned.known[Math.floor(k / D)]);
  const prior = abilityPrior(known, D);
  const random = createRandom(ctx.seed, 'most telling');
  const ranked = Array.from({ length: models }, (_, model) => {
    throwIfAborted(ctx);
    const asked = scored.filter((item) => !Number.isNaN(scores[item * models + model]!));
    const { ability, precision } = placeAbility(
      mapQueries(learned.map, takeRows(vectors, asked)),
      asked.map((item) => scores[item * models + model]!),
      prior,
    );
    const free = Array.from({ length: items }, (_, item) => item).filter((item) => open({ item, model }));
    const pool = random.sample(free, LOOKED_AT);
    const questions = mapQueries(learned.map, takeRows(vectors, pool));
    const best = mostInformative(questions, { mean: ability, precision }, pool.length, 'prediction');
    const chosen = Array.from(best, (at) => pool[at]!);
    const rest = new Set(pool);
    return [...chosen, ...free.filter((item) => !rest.has(item))];
  });
  const longest = Math.max(...ranked.map(({ length }) => length));
  return Array.from({ length: longest }, (_, turn) =>
    ranked.flatMap((list, model) => (turn < list.length ? [{ item: list[turn]!, model }] : [])),
  ).flat();
}
