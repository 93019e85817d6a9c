import type { Dataset, OutcomeValues, Oddity } from '@routeprofile/schema';
import { plural } from '../dataset/text.js';
import { oddity, short } from './oddity.js';

interface Part {
  name: string;
  models: readonly string[];
  values: OutcomeValues;
  ids: readonly string[];
  /** Models that have no outcomes here by design. */
  without: readonly string[];
}

/** Columns, tables and rows of outcomes that cannot teach or tell anything. */
export function outcomeOddities(dataset: Dataset): Oddity[] {
  const { candidates, train, test, newModels } = dataset;
  const ids = (queries: readonly { id: string }[]) => queries.map(({ id }) => id);
  const parts: Part[] = [
    { name: 'test rows', models: test.models, values: test.values, ids: ids(test.queries), without: [] },
  ];
  if (train.outcomes !== null)
    parts.unshift({
      name: 'training rows',
      models: ids(candidates),
      values: train.outcomes,
      ids: ids(train.queries),
      without: newModels,
    });
  return parts
    .filter(({ ids }) => ids.length > 1)
    .flatMap((part) => [...constantColumns(part), ...negativeScores(part), ...incompleteRows(part)]);
}

const column = ({ models }: Part, numbers: Float64Array, model: number): number[] => {
  const out: number[] = [];
  for (let at = model; at < numbers.length; at += models.length) if (!Number.isNaN(numbers[at])) out.push(numbers[at]!);
  return out;
};

function constantColumns(part: Part): Oddity[] {
  const found = part.models.flatMap((model, m) =>
    (['score', 'cost', 'latency'] as const).flatMap((field) => {
      const numbers = column(part, part.values[field], m);
      return numbers.length > 1 && numbers.every((value) => value === numbers[0])
        ? [`${model}: ${field} is always ${short(numbers[0]!)}`]
        : [];
    }),
  );
  return oddity(
    'constant-column',
    found,
    (count) => `${part.name}: ${plural(count, 'column')} of outcomes with one value only`,
  );
}

function negativeScores(part: Part): Oddity[] {
  const { score } = part.values;
  const found: string[] = [];
  score.forEach((value, at) => {
    if (value < 0)
      found.push(
        `${part.ids[Math.floor(at / part.models.length)]!}: ${part.models[at % part.models.length]!}: ${short(value)}`,
      );
  });
  return oddity('negative-score', found, (count) => `${part.name}: ${plural(count, 'score')} below 0`);
}

function incompleteRows(part: Part): Oddity[] {
  const found = part.ids.flatMap((id, row) => {
    const missing = part.models.filter(
      (model, m) => Number.isNaN(part.values.score[row * part.models.length + m]) && !part.without.includes(model),
    );
    return missing.length === 0 ? [] : [`${id}: no outcome of ${missing.length} of ${part.models.length} models`];
  });
  return oddity(
    'incomplete-rows',
    found,
    (count) => `${part.name}: ${plural(count, 'row')} without outcomes of some candidates (not counted in metrics)`,
  );
}

/**
 * Candidates whose price is not known: they have no cost unless rows state one.
 * @param auxiliary whether auxiliary models are expected to have prices
 */
export function missingPrices(dataset: Dataset, auxiliary: boolean): Oddity[] {
  const priced = (model: number): boolean =>
    dataset.candidates[model]!.price !== undefined ||
    dataset.test.values.cost.some((cost, at) => at % dataset.candidates.length === model && !Number.isNaN(cost));
  const found = dataset.candidates.filter((_, model) => !priced(model)).map(({ id }) => id);
  const others = dataset.cards.filter((card) => card.auxiliary && card.price === null).map(({ name }) => name);
  return [
    ...oddity(
      'missing-price',
      found,
      (count) =>
        `${plural(count, 'candidate')} of ${dataset.candidates.length} without price or costs: the cost of choosing them is unknown`,
    ),
    ...(auxiliary
      ? oddity(
          'missing-price-auxiliary',
          others,
          (count) =>
            `${plural(count, 'auxiliary model')} of ${dataset.cards.filter((card) => card.auxiliary).length} without a price`,
        )
      : []),
  ];
}
