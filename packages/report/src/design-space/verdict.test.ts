import { isConstant, spaceCells } from '@routeprofile/eval';
import { asInThePaper, designSpaceFixture } from '@routeprofile/eval/testing';
import type { RunReport } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { differences } from './differences.js';
import { scenarioVerdict } from './verdict.js';

const space = designSpaceFixture({ rows: 40, seeds: [1, 2] });
const standard = space.scenarios[0]!;
const withReport = (change: Partial<RunReport>) => ({ name: 'changed', report: { ...standard.report, ...change } });

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

  it('says so where no row could be used', () => {
    const rows = standard.report.rows
      .slice(0, 1)
      .map((row) => ({ ...row, metrics: { avg_performance: null }, intervals: {} }));
    expect(scenarioVerdict(withReport({ rows }))).toMatchObject({
      verdict: 'No cell was evaluated.',
      outcome: 'nothing',
    });
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

  it('names the graph of the main table where it is another', () => {
    const rows = standard.report.rows.map((row) => ({ ...row, graph: 'query-task' }));
    expect(differences(withReport({ rows, graph: 'query-task' }))).toContain(
      "The main table is on the graph query-task; the paper's is on query-task-domain.",
    );
  });

  it('says nothing of what is the same', () => {
    expect(differences(asInThePaper(standard))).toEqual([
      'One seed; the intervals cover the choice of test rows, not the randomness of training. The paper gives one seed and no intervals.',
    ]);
  });
});
