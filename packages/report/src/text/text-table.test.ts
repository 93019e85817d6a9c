import { defineMetric, RouteProfileError, type RunReport } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { builtInMetrics } from '@routeprofile/eval';
import { cellOf, richReport, THIRDS, THIRDS_ORACLE, thirdsReport, type Dataset } from '@routeprofile/eval/testing';
import { tryAnyway } from '../view.js';
import { headline } from '../headline.js';
import { renderTextTable } from './text-table.js';

const reportOf = (models: [string, string], choices: readonly (readonly number[])[], dataset: Partial<Dataset> = {}) =>
  thirdsReport(
    choices.map((list, i) => cellOf(`cell ${i}`, list)),
    { models, dataset },
  );
const oracle = THIRDS_ORACLE;
const constant = THIRDS.map(() => 0);

describe('renderTextTable', () => {
  it('shows averages, intervals, collapse marks and baselines', () => {
    const text = renderTextTable(reportOf(['a', 'b'], [oracle, constant]));
    expect(text).toMatch(/^cell 0 ← +1\.000 +\+0\.333 \[\+0\.\d{3}, \+0\.\d{3}\]/m);
    expect(text).toMatch(/^cell 1 \* +0\.667 +0\.000 \[0\.000, 0\.000\]/m);
    expect(text).toMatch(/^best-single +0\.667 +a /m);
    expect(text).toMatch(/^oracle +1\.000/m);
    expect(text).toContain('* a constant in disguise: (almost) all queries go to one model');
  });

  it('tells the metrics of plugins, of rows and of what they are compared with', () => {
    const first = defineMetric({
      name: 'first_share',
      summary: 'share of rows that got the first model',
      higherIsBetter: true,
      evaluate: ({ choices }) => choices.filter((choice) => choice === 0).length / choices.length,
    });
    const report = thirdsReport([cellOf('cell', oracle)], { metrics: [...builtInMetrics, first] });
    expect(renderTextTable(report)).toContain('first_share: cell 0.667 · best-single 1.000');
    const { metrics: _, ...old } = report;
    expect(renderTextTable(old)).toContain('first_share: cell 0.667 · best-single 1.000');
    const titled = [{ ...report.metrics![0]!, title: 'First', format: 'percent' as const }];
    expect(renderTextTable({ ...report, metrics: titled })).toContain('First: cell 67 % · best-single 100 %');
  });

  it('fits 100 columns, whatever the names', () => {
    const long = reportOf(['m'.repeat(200), 'n '.repeat(150)], [oracle, constant], {
      warnings: ['w'.repeat(300), 'many words '.repeat(40)],
      newModels: ['m'.repeat(200)],
    });
    for (const line of renderTextTable(long).split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('tells of new models in a table of their own', () => {
    const report = thirdsReport([cellOf('cell', oracle, { choicesWithoutNew: Int32Array.from(constant) })], {
      dataset: { mode: 'newllm', newModels: ['b'] },
    });
    const text = renderTextTable(report);
    expect(text).toContain('New, without training outcomes: b');
    expect(text).toMatch(/^ +average +without +gain +new share +recall +new hit +on those$/m);
    expect(text).toMatch(/^cell +1\.000 +0\.667 +\+0\.333 +33 % +100 % +0\.333 +1\.000$/m);
    expect(text).toMatch(/^always b +0\.333 +– +– +100 % +100 % +0\.333 +0\.333$/m);
    expect(text).toMatch(/^best-single +0\.667 +0\.667 +0\.000 +0 % +0 % +0\.000 +–$/m);
    expect(text).toContain('33 % of the queries of cell go to b, without training outcomes');
    expect(text).toMatch(/other\s+models\s+only,\s+its\s+mean\s+score\s+would\s+be\s+0\.667\s+\(gain\s+\+0\.333\)/);
    expect(renderTextTable(reportOf(['a', 'b'], [oracle]))).not.toContain('New, without');
  });

  it('shows what rows have beyond their metrics, within 100 columns', () => {
    const text = renderTextTable(richReport(['a', `b${'b'.repeat(90)}`, 'c\u001b[31m']));
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    for (const title of [
      'Quality at each cost',
      'The point chosen in training',
      'Does the router know',
      'Smaller profiles',
    ])
      expect(text).toContain(title);
    // Constants: 0.5 at any cost from 0.1 to 4.1. Router: 0.5 at 0.1, which is best-single itself, to 1 at 1.1, then level.
    expect(text).toMatch(/^a +0\.938 +\+0\.438 \[\+0\.\d{3}, \+0\.\d{3}\] +100 % \[\d+, 100\]$/m);
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(text).not.toContain('Regret');
  });

  it('says how far above the best constant in hindsight the best row is, where training singled out another', () => {
    const hindsight = reportOf(['a', 'b'], [oracle], {
      train: { queries: [], pairs: [{ query: 0, better: 1, worse: 0 }], outcomes: null },
    });
    expect(headline(hindsight).remarks.join('\n')).toMatch(
      /^cell 0 minus always using a, the best single model on these test rows only \(mean score 0\.667\): \+0\.333 \[/m,
    );
    expect(headline(reportOf(['a', 'b'], [oracle])).remarks.join('\n')).not.toContain('Against always');
  });

  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /: missing; it must be named fields/],
    ['text that nobody parsed', '{"version":1}', /: must be named fields.*, and is text$/],
    ['a report that nobody waited for', Promise.resolve(), /: version: .*; dataset: .* and \d+ more$/],
    ['all that a run gives', { report: {} }, /: version: .*; dataset: .* and \d+ more$/],
    [
      'a report cut short',
      { ...reportOf(['a', 'b'], [oracle]), rows: undefined },
      /: rows: missing; it must be a list$/,
    ],
  ])('says what it expected when it is given %s', (_, given, message) => {
    const render = () => renderTextTable(given as RunReport);
    expect(render).toThrow(RouteProfileError);
    expect(render).toThrow(/^renderTextTable: this is not a report of a run: /);
    expect(render).toThrow(message);
  });

  it('lets no name act on the terminal', () => {
    const text = renderTextTable(
      reportOf(['a\u001b[31m', 'b\u202e'], [oracle], { name: 'x\n\u0007y', warnings: ['\u001b]0;title\u0007'] }),
    );
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('colours only when asked to, and says when outcomes were simulated', () => {
    const report = reportOf(['a', 'b'], [oracle], { simulated: true });
    expect(renderTextTable(report)).not.toContain('\u001b');
    expect(renderTextTable(report, { color: true })).toContain('\u001b[32m');
    expect(renderTextTable(report)).toContain('SIMULATED OUTCOMES');
  });
});

describe('headline', () => {
  it('tells a win, an open question and a loss apart', () => {
    const win = headline(reportOf(['a', 'b'], [oracle, constant]));
    expect(win.outcome).toBe('win');
    expect(win.verdict).toMatch(
      /^Use cell 0: what it saves cannot be said, because costs are not known; its quality is between \d+\.\d and \d+\.\d points higher \(95 % interval, 30 test queries\)\.$/,
    );
    expect(win.remarks[0]).toBe('Better than always using a: the whole interval lies above 0.');
    const open = headline(reportOf(['a', 'b'], [THIRDS.map((_, q) => Number(q === 0 || q === 1))]));
    expect(open.outcome).toBe('unclear');
    expect(open.verdict).toMatch(/quality is between \d+\.\d points lower and \d+\.\d points higher/);
    const loss = headline(reportOf(['a', 'b'], [THIRDS.map((_, q) => (q % 2 === 0 && q % 3 !== 0 ? 1 : 0))]));
    expect(loss.outcome).toBe('loss');
    expect(loss.verdict).toBe('Use a for every query: no router proved worth it.');
    expect(loss.remarks.slice(0, 2)).toEqual([
      'On test queries cell 0 is worse than always using a.',
      'Worse than always using a: the whole interval lies below 0, and its mean score may be lower by more than the margin of 2 points.',
    ]);
    expect(headline(reportOf(['a', 'b'], []))).toMatchObject({ outcome: 'nothing' });
  });

  it('warns of constants in disguise, and recommends none', () => {
    const { remarks } = headline(reportOf(['a', 'b'], [constant, oracle]));
    expect(remarks.join('\n')).toContain('cell 0 gives 100 % of the queries to a, and scores as always choosing it');
    const disguised = reportOf(['a', 'b'], [constant]);
    expect(disguised.recommendation?.choice).toEqual({ kind: 'model', model: 'a' });
    expect(headline(disguised).verdict).toBe('Use a for every query: no router here is worth it.');
    expect(tryAnyway(disguised)).toBeUndefined();
  });

  it('says first what makes the figures doubtful', () => {
    expect(headline(reportOf(['a', 'b'], [oracle], { overlap: 30 })).alerts).toEqual([
      '30 of 30 test queries are among the training queries: the figures say little about new queries. Test on queries that were not trained on.',
    ]);
    expect(headline(reportOf(['a', 'b'], [oracle], { overlap: 3 })).alerts[0]).toContain('better than they would be');
    expect(headline(reportOf(['a', 'b'], [oracle])).alerts).toEqual([]);
  });

  it('says why cells failed, each reason once', () => {
    const failed = ['one', 'two', 'three', 'four', 'five', 'six'].map((label, i) => ({
      profile: 'flat',
      router: 'r',
      label,
      seed: 1,
      code: 'UNSUPPORTED',
      message: i < 2 ? 'no costs are known' : `reason ${i}`,
    }));
    const { remarks } = headline({ ...reportOf(['a', 'b'], [oracle]), failed });
    expect(remarks.at(-1)).toBe(
      '6 cells failed: one, two (no costs are known); three (reason 2); four (reason 3); five (reason 4); six.',
    );
  });

  it('still reads a report that names no recommendation', () => {
    const { recommendation: _, promises: __, ...old } = reportOf(['a', 'b'], [constant, oracle]);
    expect(headline(old).verdict).toMatch(/^This report has no recommendation.*cell 1 \(1\.000, \+0\.333 \[/);
    expect(renderTextTable(old)).toMatch(/^cell 1 +1\.000/m);
  });
});
