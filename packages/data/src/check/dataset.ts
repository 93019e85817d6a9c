import type { Dataset, Oddity } from '@routeprofile/schema';
import { isEvaluable } from '../dataset/evaluable.js';
import { plural } from '../dataset/text.js';
import { scoreOddities } from './cards.js';
import { oddity } from './oddity.js';
import { duplicateQueries, overlapOddity, sharedPrefixes } from './texts.js';
import { missingPrices, outcomeOddities } from './values.js';

/** What a layout knows of its cards. */
export interface OddityOptions {
  /**
   * Whether auxiliary models are described with care, prices and scores of the same tasks included, so that gaps in them
   * are worth a word. Default false.
   */
  auxiliary?: boolean;
}

/** What is odd about a dataset whatever its layout. */
export const datasetOddities = (dataset: Dataset, { auxiliary = false }: OddityOptions = {}): Oddity[] => [
  ...scoreOddities(dataset, auxiliary),
  ...missingPrices(dataset, auxiliary),
  ...outcomeOddities(dataset),
  ...duplicateQueries('training queries', dataset.train.queries),
  ...duplicateQueries('test rows', dataset.test.queries),
  ...overlapOddity(
    'train-test-overlap',
    dataset.train.queries.map(({ text }) => text),
    dataset.test.queries,
    (count) =>
      `${count.toLocaleString('en-US')} of ${plural(dataset.test.queries.length, 'test query', 'test queries')} ${count === 1 ? 'occurs' : 'occur'} among the training queries: a router may know their answers by heart`,
  ),
  ...oddity(
    'nothing-to-evaluate',
    dataset.test.queries.length === 0 || isEvaluable(dataset) ? [] : [dataset.name],
    () => 'no test row has an outcome of every candidate: a run has nothing to compare models on',
  ),
  ...sharedPrefixes([...dataset.train.queries, ...dataset.test.queries]),
];
