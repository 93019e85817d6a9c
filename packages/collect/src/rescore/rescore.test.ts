import { describe, expect, it } from 'vitest';
import type { RoutingRow } from '@routeprofile/schema';
import type { CodeSandbox, CodeTask } from '../sandbox/sandbox.js';
import { labelAgreement } from './agreement.js';
import { rescoreRows } from './rescore.js';

const entry = (response: string | null, task_performance: number | null, rest = {}) => ({
  response,
  prompt_tokens: 7,
  task_performance,
  ...rest,
});
const row = (
  task: string,
  metric: string | null,
  truth: RoutingRow['ground_truth'],
  answers: RoutingRow['model_performance'],
) => ({
  extra: { kept: true },
  task_name: task,
  query: `query of ${task}`,
  metric,
  ground_truth: truth,
  model_performance: answers,
});

const rows: RoutingRow[] = [
  row('mmlu', 'em_mc', 'B', { small: entry('B.', 0), large: entry('(B)', 0) }),
  row('trivia', 'f1_score', 'seats', { small: entry('chairs', 1), large: entry('the seats', null, { note: 'x' }) }),
  row('commongen', 'commongen_coverage', 'dog, throw', { small: entry('he threw', 0), large: entry('', 0.5) }),
  row('mbpp', 'code_eval', "['assert f() == 1']", { small: entry('right', 0), large: entry('wrong', 1) }),
  row('odd', 'em', null, { small: entry('x', 0), large: entry(null, 0.25) }),
  row('odd', null, 'x', { small: entry('x', 0), large: entry('x', 1, { success: false }) }),
  row('odd', 'em', 'x', { small: entry('x', 1), large: entry('x', 0, { success: false }) }),
];

/** Passes answers that say `right`, and finds no tests where the answer says so. */
const sandbox: CodeSandbox = {
  how: 'fake',
  run: async ({ sources: [source] }: CodeTask) => ({
    verdict: source === 'right' ? 'pass' : source === 'untestable' ? 'bad-tests' : 'fail',
    detail: null,
  }),
};
const labels = (list: readonly RoutingRow[]) =>
  list.map(({ model_performance: { small, large } }) => [small!.task_performance, large!.task_performance]);

describe('rescoreRows', () => {
  it('recomputes what has a published formula, and runs nothing', async () => {
    const { rows: rescored, audit } = await rescoreRows(rows);
    expect(labels(rescored)).toEqual([
      [0, 1],
      [0, 1],
      [0, 0.5],
      [0, 1],
      [0, 0.25],
      [0, 1],
      [1, 0],
    ]);
    expect(audit.total).toMatchObject({ labels: 14, scored: 5, changed: 3, up: 1, down: 1, added: 1 });
    expect(audit.sandbox).toBeNull();
    expect(audit.kept.map(({ reason, labels, tasks }) => [reason, labels, ...tasks])).toEqual([
      ['no-formula', 2, 'commongen'],
      ['code-not-run', 2, 'mbpp'],
      ['no-truth', 1, 'odd'],
      ['no-response', 1, 'odd'],
      ['no-metric', 2, 'odd'],
      ['failed-call', 1, 'odd'],
    ]);
    expect(audit.perModel.map(({ model, changed }) => [model, changed])).toEqual([
      ['small', 1],
      ['large', 2],
    ]);
    expect(audit.perTask[0]).toEqual({
      task: 'mmlu',
      metrics: ['em_mc'],
      labels: 2,
      scored: 2,
      changed: 1,
      up: 1,
      down: 0,
      added: 0,
      meanBefore: 0,
      meanAfter: 0.5,
    });
    expect(audit.perTask[1]).toMatchObject({ meanBefore: 1, meanAfter: 0.5 });
  });

  it('changes nothing but labels, and nothing of what it was given', async () => {
    const before = structuredClone(rows);
    const { rows: rescored } = await rescoreRows(rows, { rules: 'repaired', openSandbox: async () => sandbox });
    expect(rows).toEqual(before);
    const unlabelled = (list: readonly RoutingRow[]) =>
      JSON.stringify(list, (key, value: unknown) => (key === 'task_performance' ? 0 : value));
    expect(unlabelled(rescored)).toBe(unlabelled(rows));
  });

  it('repaired, reads bare letters and scores CommonGen', async () => {
    const { rows: rescored, audit } = await rescoreRows(rows, { rules: 'repaired' });
    expect(labels(rescored).slice(0, 3)).toEqual([
      [1, 1],
      [0, 1],
      [0.5, 0],
    ]);
    expect(audit.rules).toBe('repaired');
  });

  it('runs programs where it is given a sandbox', async () => {
    const { rows: rescored, audit } = await rescoreRows(rows, { openSandbox: async () => sandbox });
    expect(labels(rescored)[3]).toEqual([1, 0]);
    expect(audit).toMatchObject({ sandbox: 'fake', verdicts: { pass: 1, fail: 1 } });
  });

  it('keeps a label whose tests do not run', async () => {
    const code = [
      row('mbpp', 'code_eval', "['assert f(']", { small: entry('untestable', 0.5) }),
      row('mbpp', 'code_eval', 'x', { small: entry('right', 0) }),
    ];
    const { rows: kept, audit } = await rescoreRows(code, { openSandbox: async () => sandbox });
    expect(kept).toEqual(code);
    expect(audit.kept).toMatchObject([{ reason: 'no-tests', labels: 2 }]);
  });

  it('opens no sandbox without programs', async () => {
    const { audit } = await rescoreRows(rows, {
      tasks: ['mmlu'],
      openSandbox: () => Promise.reject(new Error('opened')),
    });
    expect(audit.total).toMatchObject({ scored: 2, changed: 1 });
    expect(audit.kept).toMatchObject([{ reason: 'not-selected', labels: 12 }]);
  });

  it('names the row of an unknown metric, and an unknown task', async () => {
    const odd = [rows[0]!, row('x', 'bleu', 'y', {})];
    await expect(rescoreRows(odd)).rejects.toMatchObject({
      code: 'UNKNOWN_NAME',
      message: "row 2, task x: metric 'bleu' is unknown",
    });
    await expect(rescoreRows(rows, { tasks: ['mmlu', 'mml'] })).rejects.toMatchObject({
      code: 'UNKNOWN_NAME',
      message: 'no row is of task mml',
    });
  });

  it('stops when asked', async () => {
    await expect(rescoreRows(rows, {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('labelAgreement', () => {
  it('counts equal labels by task and names the others', async () => {
    const { rows: rescored } = await rescoreRows(rows);
    const { perTask, disagreements } = labelAgreement(rescored, rows);
    expect(perTask).toContainEqual({ task: 'mmlu', labels: 2, equal: 1 });
    expect(disagreements).toEqual([
      { row: 0, task: 'mmlu', id: null, model: 'large', label: 1, reference: 0 },
      { row: 1, task: 'trivia', id: null, model: 'small', label: 0, reference: 1 },
      { row: 1, task: 'trivia', id: null, model: 'large', label: 1, reference: null },
    ]);
  });

  it('refuses other rows', () => {
    expect(() => labelAgreement(rows, rows.slice(1))).toThrow(/7 and 6 rows/);
    expect(() => labelAgreement(rows, [...rows].reverse())).toThrow(/row 1/);
  });
});
