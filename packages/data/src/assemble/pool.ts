import { RouteProfileError, type LeftOut, type DatasetOptions } from '@routeprofile/schema';
import { assertNamedModels, assertTested } from '../dataset/new-models.js';
import type { OutcomeRows } from '../dataset/rows.js';
import { plural, someOf } from '../dataset/text.js';

export interface Pool {
  /** In the order of `order`, new models included. */
  candidates: string[];
  newModels: string[];
  leftOut: LeftOut[];
}

const coverageOf = (rows: OutcomeRows, indices: readonly number[]): ReadonlyMap<string, number> => {
  const counts = rows.coverage(indices);
  return new Map(rows.models.map((model, i) => [model, counts[i]! / indices.length]));
};

/**
 * Who may be chosen: models with outcomes on enough training rows; in mode newllm also the new ones: those named, or, when
 * none is named, those without training outcomes and with enough on the test rows.
 * @param order every model, cards first
 * @param insteadOfNothing the error to throw where fewer than two remain, if the data say more than this function knows
 * @throws RouteProfileError UNKNOWN_NAME for a named model that no row knows; BAD_INPUT when fewer than two models remain, no
 * model is new in mode newllm, or a named one has no test outcomes.
 */
export function choosePool(
  order: readonly string[],
  train: { rows: OutcomeRows; indices: readonly number[] },
  test: { rows: OutcomeRows; indices: readonly number[] },
  { mode, minCoverage, newModels: named }: Pick<DatasetOptions, 'mode' | 'minCoverage' | 'newModels'>,
  insteadOfNothing: () => RouteProfileError | null = () => null,
): Pool {
  const trained = coverageOf(train.rows, train.indices);
  const tested = coverageOf(test.rows, test.indices);
  const coverage = (model: string) => trained.get(model) ?? 0;
  assertNamedModels(
    named,
    order.filter((model) => trained.has(model) || tested.has(model)),
  );
  assertTested(named, test.rows, test.indices);
  const appeared = (model: string) =>
    coverage(model) === 0 && (tested.get(model) ?? 0) > 0 && (tested.get(model) ?? 0) >= minCoverage;
  const isNew = (model: string) => mode === 'newllm' && (named.length > 0 ? named.includes(model) : appeared(model));

  const newModels = order.filter(isNew);
  const candidates = order.filter((model) => isNew(model) || (coverage(model) > 0 && coverage(model) >= minCoverage));
  const leftOut = order
    .filter((model) => !candidates.includes(model) && (trained.has(model) || tested.has(model)))
    .map((model) => ({ model, coverage: coverage(model) }));

  if (mode === 'newllm' && newModels.length === 0)
    throw new RouteProfileError(
      'BAD_INPUT',
      `mode newllm: no model is absent from the ${plural(train.indices.length, 'training row')} and present in the test rows`,
      {
        hint: 'A new model has outcomes on the test rows only. Remove its training outcomes, or use mode standard.',
      },
    );
  if (candidates.length < 2) throw insteadOfNothing() ?? nothingToRoute(candidates, leftOut, minCoverage);
  return { candidates, newModels, leftOut };
}

function nothingToRoute(
  candidates: readonly string[],
  leftOut: readonly LeftOut[],
  minCoverage: number,
): RouteProfileError {
  const share = `${Math.round(minCoverage * 100)} % of the training rows`;
  const found =
    candidates.length === 0 ? `no model has outcomes on ${share}` : `only ${candidates[0]} has outcomes on ${share}`;
  const best = leftOut.toSorted((a, b) => b.coverage - a.coverage).slice(0, 5);
  const others =
    best.length === 0
      ? ''
      : `; left out: ${someOf(best.map(({ model, coverage }) => `${model} (${(coverage * 100).toFixed(1)} %)`))}`;
  return new RouteProfileError('BAD_INPUT', `there is nothing to route: ${found}${others}`, {
    hint: 'A router needs at least two candidates. Ask the models that are left out the queries they lack, and add the outcomes: rows that lack a candidate count in no comparison.',
  });
}
