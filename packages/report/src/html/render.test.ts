import type { RunReport } from '@routeprofile/schema';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { assembleReport, elsewhereOf, splitReport, type ReportInput } from '@routeprofile/eval';
import { cellOf, datasetOf, richReport, tableOf } from '@routeprofile/eval/testing';
import { renderHtmlReport } from './render.js';

const EVIL = [
  `"><script>alert(1)</script>`,
  `' onload='alert(2)`,
  ']]><img src=x onerror=alert(3)>',
  '</title></style></svg><script src="https://example.com/x.js"></script>',
];
const rows = Array.from({ length: 24 }, (_, q) => [q % 2, (q + 1) % 2, q % 3 === 0 ? 1 : 0]);

function report(names: readonly string[], more: Partial<ReportInput> = {}, costs = true): RunReport {
  const [a, b, c, d] = names as [string, string, string, string];
  const test = tableOf(
    [a, b, c],
    rows,
    rows.map((_, q) => (q % 2 ? d : a)),
  );
  if (costs) test.values.cost.forEach((_, k) => (test.values.cost[k] = 0.0001 * (1 + 20 * (k % 3))));
  const dataset = datasetOf(test, {
    name: d,
    warnings: [`odd: ${b}`],
    leftOut: [{ model: c, coverage: 0.5 }],
    newModels: [b],
  });
  return assembleReport({
    dataset,
    training: dataset.train,
    cells: [
      cellOf(
        `${a} × ${b}`,
        rows.map((_, q) => q % 2),
      ),
      cellOf(
        c,
        rows.map(() => 1),
        { profile: d, router: c },
      ),
      cellOf(
        'same',
        rows.map(() => 2),
        { seed: 1 },
      ),
      cellOf(
        'same',
        rows.map(() => 0),
        { seed: 2 },
      ),
    ],
    failed: [{ profile: a, router: b, label: c, seed: 1, code: d, message: `broke: ${a}` }],
    lookups: { 'task-table': Int32Array.from(rows, (_, q) => q % 2) },
    encoder: a,
    graph: b,
    versions: { [c]: d },
    testName: a,
    seed: 1,
    ...more,
  });
}

const open = (page: string) => parseHTML(page).document;
const tame = ['alpha', 'beta', 'gamma', 'delta'];

describe('renderHtmlReport', () => {
  it('escapes everything that comes from data', () => {
    const page = renderHtmlReport(report(EVIL), { title: EVIL[0]! });
    const document = open(page);
    expect(page).not.toMatch(/<script|<img|\]\]>/i);
    expect(document.querySelectorAll('script, img, iframe, object, embed, link, a, form').length).toBe(0);
    for (const element of document.querySelectorAll('*'))
      for (const { name } of element.attributes) expect(name).not.toMatch(/^(on|src|href|xlink)/i);
    // Nothing was lost either: the names are there, as text.
    const text = document.querySelector('body')?.textContent ?? '';
    for (const name of EVIL) expect(text).toContain(name);
    expect(document.querySelector('title')?.textContent).toBe(EVIL[0]);
  });

  it('shows frontiers, confidence, robustness and quantization, escaped as all else', () => {
    const page = renderHtmlReport(richReport([EVIL[0]!, EVIL[1]!, EVIL[2]!]));
    const document = open(page);
    expect(page).not.toMatch(/<script|<img|\]\]>/i);
    for (const element of document.querySelectorAll('*'))
      for (const { name } of element.attributes) expect(name).not.toMatch(/^(on|src|href|xlink)/i);
    const figures = [...document.querySelectorAll('figure')].map(({ id }) => id);
    expect(figures).toEqual(['intervals', 'cost-quality', 'frontier', 'risk-coverage', 'reliability', 'selection']);
    const headings = [...document.querySelectorAll('section h2')].map(({ id }) => id);
    expect(headings).toEqual(
      expect.arrayContaining(['frontiers', 'operating-points', 'confidence', 'regret', 'robustness', 'quantization']),
    );
    expect(document.querySelector('[aria-labelledby=robustness] td')?.textContent).toBe('85 %');
  });

  it('draws the frontiers of the ten best rows, and says so', () => {
    const rich = richReport(['a', 'b', 'c']);
    const rows = Array.from({ length: 13 }, (_, i) => ({ ...rich.rows[0]!, label: `row ${i}` }));
    const document = open(renderHtmlReport({ ...rich, rows }));
    expect(document.querySelectorAll('#frontier .legend li').length).toBe(11);
    expect(document.querySelector('#frontier figcaption')?.textContent).toContain(
      '3 rows of lower average are not drawn',
    );
  });

  it('renders reports from before there were such sections', () => {
    const rich = richReport(['a', 'b', 'c']);
    const rows = rich.rows.map(
      ({ frontier: _f, riskCoverage: _r, calibration: _c, regret: _g, robustness: _o, quantization: _q, ...row }) =>
        row,
    );
    const { constantsFrontier: _, ...old } = { ...rich, rows, warnings: [] };
    const ids = [...open(renderHtmlReport(old)).querySelectorAll('figure, section h2')].map(({ id }) => id);
    expect(ids).toEqual(['results', 'intervals', 'cost-quality', 'selection']);
  });

  it('loads nothing from anywhere', () => {
    const page = renderHtmlReport(report(tame));
    expect(page).not.toMatch(/\b(src|href)=|url\(|@import|https?:|<script/i);
    expect(page).toContain(`default-src 'none'`);
  });

  it('shows rows, intervals, collapse, baselines, constants, warnings and failures', () => {
    const document = open(renderHtmlReport(report(tame)));
    const text = document.querySelector('body')?.textContent ?? '';
    const heads = [...document.querySelectorAll('tbody th[scope=row]')].map((th) =>
      th.textContent?.trim().replace(/\s+/g, ' '),
    );
    expect(heads.slice(0, 4)).toEqual([
      '1 alpha × beta',
      '2 gamma constant in disguise',
      '3 same (seed 2) constant in disguise',
      '4 same (seed 1) constant in disguise',
    ]);
    for (const name of ['best-single alpha recommended', 'oracle', 'random', 'task-table', 'beta'])
      expect(heads).toContain(name);
    for (const part of ['odd: beta', 'broke: alpha', 'gamma: outcomes on 50 %', 'New share', 'always beta', '−0.500 ['])
      expect(text).toContain(part);
    expect(document.querySelectorAll('thead th[scope=col]').length).toBeGreaterThan(6);
  });

  it('describes each picture to those who do not see it', () => {
    const document = open(renderHtmlReport(report(tame)));
    const figures = [...document.querySelectorAll('figure')];
    expect(figures.map(({ id }) => id)).toEqual(['intervals', 'cost-quality', 'tasks', 'selection']);
    for (const figure of figures) {
      const svg = figure.querySelector('svg');
      expect(svg?.getAttribute('role')).toBe('img');
      for (const attribute of ['aria-labelledby', 'aria-describedby'])
        expect(document.getElementById(svg?.getAttribute(attribute) ?? '')?.textContent?.length).toBeGreaterThan(5);
      expect(svg?.querySelectorAll('[aria-label]').length).toBe(0);
    }
  });

  it('leaves out what the data cannot show', () => {
    expect(renderHtmlReport(report(tame, {}, false))).not.toContain('id="cost-quality"');
    const empty = renderHtmlReport(report(tame, { cells: [], failed: [], lookups: {} }));
    expect(empty).toContain('No router was evaluated');
    expect(empty).not.toContain('<figure');
  });

  it('says it large when outcomes were simulated', () => {
    const plain = report(tame);
    expect(renderHtmlReport(plain)).not.toContain('Simulated outcomes');
    expect(open(renderHtmlReport({ ...plain, simulated: true })).querySelector('.simulated')?.textContent).toContain(
      'Simulated outcomes',
    );
  });

  it('is the same page for the same report, and shows a report read back from JSON alike', () => {
    const once = report(tame);
    expect(renderHtmlReport(JSON.parse(JSON.stringify(once)) as RunReport)).toBe(renderHtmlReport(once));
  });

  it('folds models beyond ten into one colour', () => {
    const models = Array.from({ length: 14 }, (_, m) => `model ${m}`);
    const test = tableOf(
      models,
      rows.map((_, q) => models.map((_, m) => (m === q % 14 ? 1 : 0))),
      rows.map(() => 'x'),
    );
    const dataset = datasetOf(test);
    const many = assembleReport({
      dataset,
      training: dataset.train,
      cells: [
        cellOf(
          'spread',
          rows.map((_, q) => q % 14),
        ),
      ],
      encoder: 'hash',
      graph: 'task',
      versions: {},
      testName: 'test',
      seed: 1,
    });
    const legend = [...open(renderHtmlReport(many)).querySelectorAll('.legend li')].map((li) => li.textContent);
    expect(legend).toHaveLength(11);
    expect(legend.at(-1)).toBe('other models');
  });

  it('draws any finite numbers, and says which part could not be made', () => {
    const models = ['a', 'b', 'c'];
    const sizes = [0, 5e-324, 1e-300, 1e-12, 1, 1e15, 1e300];
    for (const score of sizes)
      for (const cost of sizes) {
        const scores = Array.from({ length: 20 }, (_, q) => [q % 2 ? score : 0, q % 2 ? 0 : score, score]);
        const test = tableOf(models, scores);
        test.values.cost.forEach((_, k) => (test.values.cost[k] = [cost, 1e-300, 1][k % 3]!));
        const choices = scores.map((_, q) => q % 3);
        const failed: string[] = [];
        const extreme = assembleReport({
          dataset: datasetOf(test),
          training: datasetOf(test).train,
          cells: [
            cellOf('one', choices),
            cellOf(
              'two',
              scores.map(() => 0),
            ),
          ],
          encoder: 'hash',
          graph: 'task',
          versions: {},
          testName: 'test',
          seed: 1,
        });
        renderHtmlReport(extreme, { onFailure: (part, error) => failed.push(`${part}: ${String(error)}`) });
        expect([score, cost, failed]).toEqual([score, cost, []]);
      }
    const broken = { ...report(tame), baselines: null } as unknown as RunReport;
    const failed: string[] = [];
    const page = renderHtmlReport(broken, { onFailure: (part) => failed.push(part) });
    expect(failed).toContain('results');
    expect(page).toContain('This part could not be made: results');
    expect(page).toContain('What the figures mean');
  });

  it('stays small with thousands of models', () => {
    const models = Array.from({ length: 1500 }, (_, m) => `model ${m}`);
    const scores = Array.from({ length: 12 }, (_, q) => models.map((_, m) => ((q * m) % 7) / 7));
    const test = tableOf(
      models,
      scores,
      scores.map((_, q) => `task ${q % 4}`),
    );
    test.values.cost.forEach((_, k) => (test.values.cost[k] = 0.001 * (1 + (k % 9))));
    const train = { queries: [], pairs: [{ query: 0, better: 3, worse: 4 }], outcomes: null };
    const many = assembleReport({
      dataset: datasetOf(test, { train }),
      training: train,
      cells: [
        cellOf(
          'cell',
          scores.map((_, q) => q % 5),
        ),
      ],
      encoder: 'hash',
      graph: 'task',
      versions: {},
      testName: 'test',
      seed: 1,
    });
    // What is written once per model, not once per pair of models.
    expect(JSON.stringify(many).length).toBeLessThan(1000 * models.length);
    expect(Object.keys(many.rows[0]!.selection)).toHaveLength(5);
    expect(many.baselines['constant:model 7']).toMatchObject({ selection: { 'model 7': 1 } });
    const page = renderHtmlReport(many);
    expect(page.length).toBeLessThan(400_000);
    expect(page).toContain('1,500 models, the 100 best of them');
    // What was taken out is missing nowhere on the page, and one click away.
    const { report: small } = splitReport(many);
    expect(JSON.stringify(small).length).toBeLessThan(200_000);
    const note = (folder: string) =>
      `<p class="facts">${elsewhereOf(small)!.words} <a href="${folder}/constants.jsonl">Open the file</a></p>`;
    const flat = (text: string) => text.replace(/\s+/g, ' ').replaceAll('> <', '><');
    expect(flat(renderHtmlReport(small)).replace(note('.'), '')).toBe(flat(page));
    expect(renderHtmlReport(small, { folder: '../a run' })).toContain(note('../a%20run'));
  });
});
