import { assembleReport, type EvaluatedCell } from '@routeprofile/eval';
import { cellOf, datasetOf, tableOf } from '@routeprofile/eval/testing';
import { describe, expect, it } from 'vitest';
import { tryAnyway } from './view.js';
import { headline } from './headline.js';

/** 60 queries; `big` answers all but every sixth, `small` two of three and at a tenth of the cost. */
const rows = Array.from({ length: 60 }, (_, q) => [q % 6 === 0 ? 0 : 1, q % 3 === 0 ? 0 : 1]);
/** As good as neither model. */
const mixed = rows.map((_, q) => (q % 12 === 3 ? 0 : q % 2));
const always = (m: number) => rows.map(() => m);

function reportOf(cells: EvaluatedCell[], lookups: Record<string, Int32Array> = {}) {
  const table = tableOf(['big', 'small'], rows);
  table.values.cost.forEach((_, k) => (table.values.cost[k] = k % 2 === 0 ? 0.01 : 0.001));
  const training = { outcomes: table.values, pairs: [] };
  return assembleReport({
    dataset: datasetOf(table, { train: { ...training, queries: [...table.queries] } }),
    training,
    cells,
    lookups,
    encoder: 'hash',
    graph: 'task',
    versions: {},
    testName: 'test',
    seed: 1,
  });
}

describe('tryAnyway', () => {
  it('names the router that was judged, or the best that is not a constant, and none where there are only these', () => {
    expect(tryAnyway(reportOf([cellOf('constant', always(0))]))).toBeUndefined();
    const two = reportOf([cellOf('constant', always(0)), cellOf('mixed', mixed)]);
    expect(two.recommendation?.choice).toEqual({ kind: 'model', model: 'big' });
    expect(tryAnyway(two)?.label).toBe('mixed');
  });
});

describe('headline', () => {
  it('compares the table of tasks with the model that is recommended, not with the routers that lost', () => {
    const table = Int32Array.from(rows, (_, q) => (q % 6 === 1 ? 0 : 1));
    const { remarks } = headline(reportOf([cellOf('constant', always(1))], { 'task-table': table }));
    expect(remarks).toContain('On the test queries big has a mean score of 0.833 and costs $10.0 per 1,000 queries.');
    // The table is as good as the constant (0.667), and worse than what is recommended.
    expect(remarks.join(' ')).not.toContain('task-table');
  });
});
