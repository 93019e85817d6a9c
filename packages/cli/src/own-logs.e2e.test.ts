import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { routeprofile, runReport, temporaryFolder } from './testing/harness.js';

describe('logs of one’s own', () => {
  const folder = temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  afterAll(() => folder.remove());

  it('become a dataset that passes its check', async () => {
    const rows = Array.from({ length: 12 }, (_, i) =>
      ['small', 'large'].map((model) => ({
        request: `a${i}`,
        topic: i % 2 === 0 ? 'math' : 'translation',
        prompt: `question ${i}`,
        model,
        grade: model === 'large' || i % 3 === 0 ? 100 : 0,
        usd: model === 'large' ? 0.002 : 0.0001,
      })),
    ).flat();
    writeFileSync(at('logs.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
    const columns = ['--id', 'request', '--task', 'topic', '--query', 'prompt', '--model', 'model', '--score', 'grade'];
    const imported = await routeprofile([
      ...['data', 'import', at('logs.jsonl'), at('mine'), ...columns],
      ...['--score-scale', '100', '--cost', 'usd', '--quiet'],
    ]);
    expect(imported).toMatchObject({ code: 0, stderr: '' });
    expect(imported.stdout).toContain('npx @routeprofile/cli data check');
    expect(JSON.parse(readFileSync(at('mine', 'outcomes.jsonl'), 'utf8').split('\n')[0]!)).toEqual({
      id: 'a0',
      task: 'math',
      query: 'question 0',
      models: { small: { score: 1, cost: 0.0001 }, large: { score: 1, cost: 0.002 } },
    });
    const checked = await routeprofile(['data', 'check', at('mine'), '--quiet']);
    expect(checked.code).toBe(0);
    // A small price is shown as what it is, not as 0.
    expect(checked.stdout).toContain('small: cost is always 0.0001');
  });

  it('hold what a model can do, and +constraints keeps to it', async () => {
    expect((await routeprofile(['sample', at('sample'), '--quiet'])).code).toBe(0);
    const file = at('sample', 'models.json');
    const cards = JSON.parse(readFileSync(file, 'utf8')) as Record<string, object>;
    const [able] = Object.keys(cards);
    cards[able!] = { ...cards[able!], capabilities: { json_mode: true } };
    writeFileSync(file, JSON.stringify(cards));
    const { report } = await runReport([
      ...['--data', at('sample'), '--encoder', 'hash', '--limit-train', '60', '--limit-test', '20'],
      ...['--profile', 'index', '--router', 'sim+constraints:json=true', '--out', at('out')],
    ]);
    expect(report.failed).toEqual([]);
    expect(Object.entries(report.rows[0]!.selection).filter(([, share]) => share > 0)).toEqual([[able, 1]]);
  });
});
