import { runReportSchema, type RunReport } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { isConstant, spaceCells } from './cells.js';
import { differences } from './differences.js';
import { designSpaceFixture } from './fixture.js';
import { labelComparisons } from './labels.js';
import { PAPER_ROUTERS, paperTables } from './paper-tables.js';
import { designSpaceSchema } from './schema.js';
import { designSpaceTables, scenarioTables, type TableRow } from './tables.js';
import { scenarioVerdict } from './verdict.js';

const space = designSpaceFixture({ rows: 40, seeds: [1, 2] });
const standard = space.scenarios[0]!;
const [tables] = designSpaceTables(space);
const find = (rows: readonly TableRow[], profile: string, hops: number | null, variant = '') =>
  rows.find((row) => row.profile === profile && row.hops === hops && row.variant === variant)!;
const withReport = (change: Partial<RunReport>) => ({ name: 'changed', report: { ...standard.report, ...change } });

describe('designSpaceSchema', () => {
  it('reads back what JSON keeps', () => {
    expect(designSpaceSchema.parse(JSON.parse(JSON.stringify(space)))).toEqual(space);
  });

  it('refuses no scenario, two of one name, and a report that is none', () => {
    expect(designSpaceSchema.safeParse({ name: 'x', scenarios: [] }).success).toBe(false);
    const twice = designSpaceSchema.safeParse({ name: 'x', scenarios: [standard, standard] });
    expect(twice.error?.issues[0]?.message).toBe('two scenarios have the same name');
    expect(designSpaceSchema.safeParse({ name: 'x', scenarios: [{ name: 'a', report: {} }] }).success).toBe(false);
  });
});

describe('designSpaceTables', () => {
  it("lays rows out as the paper's tables, variants below their row", () => {
    const plain = tables!.main.rows.filter(({ variant }) => variant === '');
    expect(plain.map(({ profile, hops }) => [profile, hops])).toEqual(
      paperTables.main.map(({ profile, hops }) => [profile, hops]),
    );
    expect(tables!.sources.rows.filter(({ variant }) => variant === '')).toHaveLength(15);
    const at = tables!.main.rows.indexOf(find(tables!.main.rows, 'emb-gnn', 2));
    expect(tables!.main.rows[at + 1]).toMatchObject({ profile: 'emb-gnn', hops: 2, variant: 'compat' });
    expect(tables!.main.rows).toHaveLength(15);
  });

  it("puts each cell beside the paper's number, from the graph it belongs to", () => {
    const graphs = { main: 'query-task-domain', sources: 'task' };
    const main = find(tables!.main.rows, 'flat', null).cells.mlp;
    const onTask = tables!.sources.rows.find(({ profile, graph }) => profile === 'flat' && graph === graphs.sources)!;
    expect(main).toMatchObject({
      ours: { cell: { label: 'flat × mlp', graph: graphs.main } },
      paper: { value: 0.613 },
    });
    expect(onTask.cells.mlp).toMatchObject({ ours: { cell: { label: 'flat@task × mlp' } }, paper: { value: 0.61 } });
    expect(find(tables!.main.rows, 'trainable-gnn', 2).cells.sim).toMatchObject({
      ours: { cell: { label: 'trainable-gnn:layers=2 × sim', hops: 2 } },
    });
  });

  it('says what was not run and what failed, and invents nothing', () => {
    for (const router of PAPER_ROUTERS)
      expect(find(tables!.main.rows, 'text-gnn', 4).cells[router].ours).toEqual({ state: 'not-run' });
    expect(find(tables!.main.rows, 'trainable-gnn', 3).cells.mlp.ours).toEqual({
      state: 'failed',
      message: 'NOT_FINITE: the loss is NaN',
    });
    const empty = scenarioTables(withReport({ rows: [], failed: [] }));
    const states = [...empty.main.rows, ...empty.sources.rows].flatMap(({ cells }) =>
      PAPER_ROUTERS.map((router) => cells[router].ours.state),
    );
    expect(new Set(states)).toEqual(new Set(['not-run']));
    expect(states).toHaveLength(87);
  });

  it('leaves a failure with an unreadable label out of the tables', () => {
    const failed = [{ profile: 'flat', router: 'sim', label: ' :x=1', seed: 1, code: 'X', message: 'y' }];
    const { main } = scenarioTables(withReport({ rows: [], failed }));
    expect(find(main.rows, 'flat', null).cells.sim.ours.state).toBe('not-run');
  });

  it('keeps every cell: in a table, or outside', () => {
    const placed = [...tables!.main.rows, ...tables!.sources.rows].flatMap(({ cells }) =>
      PAPER_ROUTERS.flatMap((router) => {
        const { ours } = cells[router];
        return ours.state === 'measured' ? [JSON.stringify(ours.cell)] : [];
      }),
    );
    const seen = new Set([...placed, ...tables!.others.map((cell) => JSON.stringify(cell))]);
    expect(seen).toEqual(new Set(spaceCells(standard.report).map((cell) => JSON.stringify(cell))));
    expect(new Set(tables!.others.map(({ router }) => router))).toEqual(new Set(['knn']));
  });

  it('names variants by what differs from the commonest options, in profile and router', () => {
    const rows = standard.report.rows.map((row) =>
      row.label === 'emb-gnn:hops=3 × sim'
        ? { ...row, options: { profile: { ...row.options.profile, norm: 'right' }, router: { depth: 3 } } }
        : row,
    );
    const { main } = scenarioTables(withReport({ rows }));
    expect(find(main.rows, 'emb-gnn', 3).cells.sim.ours.state).toBe('not-run');
    expect(find(main.rows, 'emb-gnn', 3, 'norm=right, router depth=3').cells.sim.ours.state).toBe('measured');
  });

  it('takes the main table from the graph of the run when none was run on the published one', () => {
    const rows = standard.report.rows.map((row) => ({ ...row, graph: 'query-task' }));
    const changed = withReport({ rows, graph: 'query-task' });
    expect(scenarioTables(changed).main.graph).toBe('query-task');
    expect(differences(changed)).toContain(
      "The main table is on the graph query-task; the paper's is on query-task-domain.",
    );
  });
});

describe('spaceCells', () => {
  it('averages over seeds, ends of intervals too, and counts the seeds that collapse', () => {
    const label = 'emb-gnn:hops=4 × mlp';
    const rows = standard.report.rows.filter((row) => row.label === label);
    const cell = spaceCells(standard.report).find((other) => other.label === label)!;
    const averages = rows.map(({ metrics }) => metrics['avg_performance']!);
    const lows = rows.map(({ intervals }) => intervals['avg_performance']!.low);
    expect(cell.seeds).toEqual([1, 2]);
    expect(cell.average).toBeCloseTo((averages[0]! + averages[1]!) / 2, 12);
    expect(cell.range).toEqual({ low: Math.min(...averages), high: Math.max(...averages) });
    expect(cell.interval!.low).toBeCloseTo((lows[0]! + lows[1]!) / 2, 12);
    const constant = spaceCells(standard.report).find((other) => other.label === 'trainable-gnn:layers=4 × sim')!;
    expect(constant).toMatchObject({ collapsedSeeds: 2, constants: ['mistral-small-24b-instruct-2501-bf16'] });
  });

  it('leaves the numbers of a single seed as they are', () => {
    const [row] = standard.report.rows;
    const [cell] = spaceCells({ ...standard.report, rows: [row!] });
    expect(cell!.average).toBe(row!.metrics['avg_performance']);
    expect(cell!.interval).toEqual(row!.intervals['avg_performance']);
    expect(cell!.meanCosine).toBe(row!.profileDiagnostics!['meanCosine']);
  });

  it('has no average where no row could be used', () => {
    const rows = standard.report.rows
      .slice(0, 1)
      .map((row) => ({ ...row, metrics: { avg_performance: null }, intervals: {} }));
    expect(runReportSchema.safeParse({ ...standard.report, rows }).success).toBe(true);
    expect(spaceCells({ ...standard.report, rows })[0]).toMatchObject({ average: null, range: null, interval: null });
    expect(scenarioVerdict(withReport({ rows })).outcome).toBe('nothing');
  });
});

describe('scenarioVerdict', () => {
  it('tells of the best cell, the task alone, the oracle, and how many cells are constants', () => {
    const { verdict, outcome, remarks } = scenarioVerdict(standard);
    const best = spaceCells(standard.report).reduce((top, cell) => (cell.average! > top.average! ? cell : top));
    expect(verdict).toContain(best.label);
    expect(verdict).toContain('mean of 2 seeds');
    expect(outcome).toBe(best.interval!.low > 0 ? 'win' : 'unclear');
    const text = remarks.join('\n');
    expect(text).toMatch(/task-table\) gives 0\.\d{3}; the best cell differs from that by [+−]0\.\d{3}/);
    expect(text).toContain('(oracle)');
    const constants = spaceCells(standard.report).filter(isConstant).length;
    expect(constants).toBeGreaterThanOrEqual(3);
    expect(text).toContain(`${constants} of 80 cells are constants in disguise`);
    expect(text).toContain('1 cell failed.');
  });

  it('admits defeat', () => {
    const rows = standard.report.rows
      .filter(({ label }) => label === 'trainable-gnn:layers=4 × sim')
      .map((row) => ({
        ...row,
        intervals: { avg_performance: { against: 'best-single', difference: -0.1, low: -0.2, high: -0.01 } },
      }));
    const { verdict, outcome } = scenarioVerdict(withReport({ rows }));
    expect(outcome).toBe('loss');
    expect(verdict).toMatch(/^Nothing beats always choosing/);
  });
});

describe('differences', () => {
  it("says what is not the paper's set-up", () => {
    const text = differences(standard).join('\n');
    expect(text).toContain(
      '40 test rows with the labels of dev.json; the paper used all 600 of routing_test_data.json.',
    );
    expect(text).toContain('the paper used allenai/longformer-base-4096');
    expect(text).toContain('repaired defaults');
    expect(text).toContain('Qwen2.5-7B-Instruct');
    expect(text).toContain('Means over 2 seeds');
    expect(text).toMatch(
      /Always choosing one model scores 0\.\d{3} here and 0\.538 in the paper, on average over the 8/,
    );
    expect(text).not.toContain('Cold start');
    expect(differences(space.scenarios[2]!).join('\n')).toContain('Cold start: mistral-small');
  });

  it('says nothing of what is the same', () => {
    const row = standard.report.rows.find(({ options }) => options.profile['compat'] === true)!;
    const same = withReport({
      rows: [row],
      rowsUsed: 600,
      dataset: { ...standard.report.dataset, test: 'routing_test_data.json' },
      encoder: 'transformers:allenai/longformer-base-4096',
      baselines: Object.fromEntries(
        paperTables.constants.map(({ model, average }) => [
          `constant:${model}`,
          { metrics: { avg_performance: average }, model },
        ]),
      ),
    });
    expect(differences(same)).toEqual([
      'One seed; the intervals cover the choice of test rows, not the randomness of training. The paper gives one seed and no intervals.',
    ]);
  });
});

describe('labelComparisons', () => {
  it('puts scenarios of one mode side by side, place by place', () => {
    const comparisons = labelComparisons(space);
    expect(comparisons.map(({ scenarios }) => scenarios.map(({ name }) => name))).toEqual([
      ['standard', 'standard-regraded'],
      ['newllm', 'newllm-regraded'],
    ]);
    const [first] = comparisons;
    const labels = first!.rows.map(({ cells }) => cells.mlp.map((cell) => cell?.label));
    for (const [published, regraded] of labels) expect(regraded).toBe(published);
    expect(first!.rows.some(({ profile, hops }) => profile === 'text-gnn' && hops === 4)).toBe(false);
    expect(first!.baselines.find(({ name }) => name === 'oracle')!.averages).toHaveLength(2);
    expect(labelComparisons({ ...space, scenarios: [standard] })).toEqual([]);
  });
});
