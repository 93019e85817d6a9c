import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunReport } from '@routeprofile/schema';
import { afterAll, describe, expect, it } from 'vitest';
import { routeprofile, temporaryFolder } from './testing/harness.js';

describe('a production log, in which one model answered each query', () => {
  const folder = temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  afterAll(() => folder.remove());

  // `small` is as good as `large` at translations, and no good at sums. A third model was hardly ever asked.
  const calls = Array.from({ length: 1500 }, (_, i) => {
    const sum = i % 2 === 0;
    const model = i % 500 === 0 ? 'rare' : (i >> 1) % 2 === 0 ? 'small' : 'large';
    const right = model === 'large' || !sum ? i % 10 !== 3 : i % 10 === 4;
    return {
      id: `call-${i}`,
      prompt: sum
        ? `add the numbers ${i} and ${i + 7} and give the sum`
        : `translate the word number ${i} of the song into French`,
      model,
      thumbs: right ? 'up' : 'down',
      costUSD: model === 'large' ? 0.01 : 0.001,
      scored_by: i % 3 === 0 ? 'judge:big' : 'user',
    };
  });

  it('becomes a recommendation with an interval, in two commands', async () => {
    writeFileSync(at('calls.jsonl'), calls.map((call) => JSON.stringify(call)).join('\n'));
    const imported = await routeprofile(['data', 'import', at('calls.jsonl'), at('log'), '--quiet']);
    expect(imported).toMatchObject({ code: 0, stderr: '' });
    const run = await routeprofile([
      ...['run', '--data', at('log'), '--encoder', 'hash', '--router', 'linear,knn', '--out', at('out')],
      ...['--frontier', '--cache', at('cache'), '--quiet'],
    ]);
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^log · standard · 44\d logged test rows/);
    expect(run.stdout).toMatch(/advantage × (linear|knn) ← +0\.\d+ \[0\.\d+, \d\.\d+\]/);
    expect(run.stdout).toMatch(/1 model left out, with fewer than 30 training outcomes: rare/);
    const report = JSON.parse(readFileSync(at('out', 'report.json'), 'utf8')) as RunReport;
    const figuresOf = (name: string) => {
      const { score, costPer1k } = report.offPolicy!.policies.find((policy) => policy.name === name)!;
      if (!score.dr.known || !costPer1k?.known) throw new Error(`${name} is not known`);
      return { quality: score.dr.value, cost: costPer1k.value };
    };
    const [linear, single] = [figuresOf('advantage × linear'), figuresOf('best-single')];
    // It sends translations to the small model: as good as always asking the large one, for about half the money.
    expect(linear.quality).toBeGreaterThan(single.quality - 0.05);
    expect(single.cost).toBeCloseTo(10, 1);

    // The frontier starts where the router is, and its points are estimates with intervals.
    const [start] = report.rows[0]!.frontier!.points;
    expect([start!.quality, start!.cost]).toEqual([expect.closeTo(linear.quality, 9), expect.closeTo(linear.cost, 9)]);
    expect(start!.estimated!.quality.low).toBeLessThan(start!.quality);
    expect(report.constantsFrontier!.points.map(({ model }) => model).toSorted()).toEqual(['large', 'small']);
    const page = readFileSync(at('out', 'report.html'), 'utf8');
    expect(page).toContain('All points are estimates from the log');

    // Who gave the scores is said wherever the report is read.
    const warning = /500 scores were given by a language model \(judge:big: 500\), not measured/;
    expect(report.warnings).toContainEqual(expect.stringMatching(warning));
    expect(page).toMatch(warning);
    expect(run.stdout.replace(/\s+/g, ' ').replaceAll('! ', '')).toMatch(warning);
  });

  it('is judged by the check for what it can tell', async () => {
    const checked = await routeprofile(['data', 'check', at('log'), '--quiet']);
    expect(checked.code).toBe(0);
    expect(checked.stdout).toMatch(/Assumption: .* at random/);
  });
});
