import { isTestLog, RouteProfileError, statesChances, type Dataset } from '@routeprofile/schema';
import { plural, someOf } from './text.js';

type Evaluated = Pick<Dataset, 'candidates' | 'test' | 'logged'>;

const isMeasured = ({ candidates, test }: Evaluated, row: number, model: number): boolean =>
  !Number.isNaN(test.values.score[row * candidates.length + model]);

/**
 * Whether routers can be judged: some test row has an outcome of every candidate, and evaluation uses no others; or the test rows are
 * a log, from which it estimates what those would have been.
 */
export const isEvaluable = (dataset: Evaluated): boolean =>
  dataset.test.queries.some((_, row) => dataset.candidates.every((_, model) => isMeasured(dataset, row, model))) ||
  isTestLog(dataset) ||
  statesChances(dataset.test.values);

/**
 * Lets a dataset pass that routers can be judged on; see `isEvaluable`.
 * @throws RouteProfileError BAD_INPUT for another, with how many outcomes each candidate has.
 */
export function assertEvaluable(dataset: Pick<Dataset, 'candidates' | 'test' | 'logged'>): void {
  if (isEvaluable(dataset)) return;
  const { candidates, test } = dataset;
  const counts = candidates
    .map(({ id }, model) => ({ id, count: test.queries.filter((_, row) => isMeasured(dataset, row, model)).length }))
    .sort((a, b) => a.count - b.count);
  const foreign = counts.every(({ count }) => count === 0);
  throw new RouteProfileError(
    'BAD_INPUT',
    `none of ${plural(test.queries.length, 'test row')} has an outcome of every candidate, so there is nothing to compare models on; fewest outcomes: ${someOf(counts.map(({ id, count }) => `${id}: ${count.toLocaleString('en-US')}`))}`,
    {
      hint: foreign
        ? 'The test rows hold no outcome of any candidate: check --test, --test-split and the names of the models.'
        : 'Ask every candidate the same test queries and add the outcomes, or leave out the candidates with the fewest by a higher --min-coverage.',
    },
  );
}
