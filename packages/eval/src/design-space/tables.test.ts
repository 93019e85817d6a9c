import { runReportSchema, type RunReport } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { isConstant, spaceCells } from './cells.js';
import { asInThePaper, designSpaceFixture } from '../testing/design-space.js';
import { paperDifferences } from './differences.js';
import { labelComparisons } from './labels.js';
import { PAPER_ROUTERS, paperTables } from './paper-tables.js';
import { designSpaceSchema } from './schema.js';
import { scenarioSummary } from './summary.js';
import { designSpaceTables, scenarioTables, type TableRow } from './tables.js';

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
    expect(paperDifferences(changed)).toContainEqual({ kind: 'graph', graph: 'query-task' });
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
    expect(scenarioSummary(withReport({ rows }))).toMatchObject({ best: null, oracle: null, bestSingle: null });
  });
});

describe('scenarioSummary', () => {
  it('has the best cell, the task alone, the oracle, and how many cells are constants', () => {
    const { best, cells, bestSingle, taskTable, oracle, constants, newModels, failed } = scenarioSummary(standard);
    const all = spaceCells(standard.report);
    expect(best).toEqual(all.reduce((top, cell) => (cell.average! > top.average! ? cell : top)));
    expect(cells).toBe(80);
    expect(bestSingle).toMatchObject({
      model: standard.report.baselines['best-single']!.model,
      interval: best!.interval,
    });
    for (const [name, found] of [['task-table', taskTable] as const, ['oracle', oracle] as const]) {
      expect(found!.average).toBe(standard.report.baselines[name]!.metrics['avg_performance']);
      expect(found!.difference).toBe(best!.average! - found!.average);
    }
    expect(constants.always).toBe(all.filter(isConstant).length);
    expect(constants.always).toBeGreaterThanOrEqual(3);
    expect([newModels, failed]).toEqual([null, 1]);
  });

  it('says what new models bring', () => {
    const { best, newModels } = scenarioSummary(space.scenarios[2]!);
    expect(newModels).toEqual({
      share: best!.metrics['new_model_share'],
      without: best!.metrics['avg_performance_without_new'],
      gain: expect.closeTo(0.02, 12) as number,
    });
  });
});

describe('paperDifferences', () => {
  it("knows what is not the paper's set-up", () => {
    const found = paperDifferences(standard);
    expect(found.map(({ kind }) => kind)).toEqual(['rows', 'level', 'encoder', 'repaired', 'extractive', 'seeds']);
    expect(found[0]).toEqual({ kind: 'rows', rows: 40, test: 'dev.json' });
    expect(found[1]).toMatchObject({ models: 8, paper: expect.closeTo(0.538, 3) as number });
    expect(found.at(-1)).toEqual({ kind: 'seeds', seeds: 2 });
    expect(paperDifferences(space.scenarios[2]!)).toContainEqual({
      kind: 'new-models',
      newModels: ['mistral-small-24b-instruct-2501-bf16'],
    });
  });

  it('finds nothing in what is the same', () => {
    expect(paperDifferences(asInThePaper(standard))).toEqual([{ kind: 'seeds', seeds: 1 }]);
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
