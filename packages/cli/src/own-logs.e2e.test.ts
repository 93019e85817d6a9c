import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { routeprofile, runReport, temporaryFolder } from './testing/harness.js';

describe('logs of one’s own', () => {
  const folder = temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  afterAll(() => folder.remove());

  it('are read from a database whose password is never on the command line', async () => {
    const ask = (database: string) =>
      routeprofile(['data', 'import', 'SELECT 1', at('never'), '--engine', 'postgres', '--database', database]);
    const open = await ask('postgres://me:hunter2@127.0.0.1:1/logs');
    expect([open.code, open.stderr]).toEqual([
      2,
      expect.stringMatching(/after --database .* holds a password\nhint: --database takes env:NAME/),
    ]);
    process.env['LOGS_URL'] = 'postgres://me:hunter2@127.0.0.1:1/logs';
    const named = await ask('env:LOGS_URL');
    delete process.env['LOGS_URL'];
    expect([named.code, named.stderr]).toEqual([1, expect.stringMatching(/nothing answers there/)]);
    expect((await ask('env:LOGS_URL')).stderr).toContain('--database: there is no secret in env:LOGS_URL');
    expect(open.stderr + named.stderr).not.toContain('hunter2');
  });

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

  it('say how they were read, are cut by time, and replace nothing unless told', async () => {
    const rows = Array.from({ length: 12 }, (_, i) =>
      ['small', 'large'].map((model) => {
        const day = String(i + 1).padStart(2, '0');
        return `"question; ${i}";${model};${model === 'large' ? 'up' : 'down'};1,5;2026-03-${day};x`;
      }),
    ).flat();
    writeFileSync(at('thumbs.csv'), ['query;model;thumbs;latency_ms;ts;region', ...rows].join('\n'));
    const args = ['data', 'import', at('thumbs.csv'), at('thumbs'), '--quiet'];
    const imported = await routeprofile([...args, '--split-by-time', '0.75']);
    expect(imported.code).toBe(0);
    for (const line of [
      /^queries +12 in outcomes\.jsonl$/m,
      /^columns +query, time from ts, model, score from thumbs, latency from latency_ms$/m,
      /^not used +region$/m,
      /^- 24 numbers with a decimal comma/m,
      /^- Scores in words: down = 0 \(12\), up = 1 \(12\)\.$/m,
      /^- Split by time: 9 queries before 2026-03-10T00:00:00Z for training, 3 queries from then on for testing\.$/m,
    ])
      expect(imported.stdout).toMatch(line);
    expect((await routeprofile(['data', 'check', at('thumbs'), '--quiet'])).code).toBe(0);

    const written = readFileSync(at('thumbs', 'outcomes.jsonl'), 'utf8');
    const again = await routeprofile(args);
    expect(again).toMatchObject({ code: 2, stdout: '' });
    expect(again.stderr).toContain('--replace');
    expect(readFileSync(at('thumbs', 'outcomes.jsonl'), 'utf8')).toBe(written);
    expect((await routeprofile([...args, '--replace', '--json'])).code).toBe(0);
    expect(readFileSync(at('thumbs', 'outcomes.jsonl'), 'utf8')).not.toContain('"split"');
  });

  it('are refused with every problem counted, in import and in check', async () => {
    const lines = Array.from({ length: 70 }, (_, i) => `question ${i},small,so-so`);
    writeFileSync(at('bad.csv'), ['query,model,score', ...lines].join('\n'));
    const refused = await routeprofile(['data', 'import', at('bad.csv'), at('bad')]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/70 problems/);
    expect(refused.stderr).toMatch(/… and 49 more/);
    expect(refused.stderr.match(/line 2: /g)).toHaveLength(1);
    const rows = lines.map((_, i) =>
      JSON.stringify({ id: `${i}`, query: `question ${i}`, models: { a: { score: 'x' } } }),
    );
    mkdirSync(at('broken'));
    writeFileSync(at('broken', 'outcomes.jsonl'), rows.join('\n'));
    const checked = await routeprofile(['data', 'check', at('broken'), '--quiet']);
    expect(checked.stdout).toMatch(/^70 problems:$/m);
    expect(checked.stdout).toMatch(/^… and 20 more$/m);
  });

  it('hold what a model can do, and +constraints keeps to it', async () => {
    expect((await routeprofile(['sample', at('sample'), '--quiet'])).code).toBe(0);
    const file = at('sample', 'models.json');
    const cards = JSON.parse(readFileSync(file, 'utf8')) as Record<string, object>;
    const [able] = Object.keys(cards);
    // Of a card that declares nothing, nothing is held against the model.
    for (const name of Object.keys(cards)) cards[name] = { ...cards[name], capabilities: { json_mode: name === able } };
    writeFileSync(file, JSON.stringify(cards));
    const { report } = await runReport([
      ...['--data', at('sample'), '--encoder', 'hash', '--limit-train', '60', '--limit-test', '20'],
      ...['--profile', 'index', '--router', 'sim+constraints:json=true', '--out', at('out')],
    ]);
    expect(report.failed).toEqual([]);
    expect(Object.entries(report.rows[0]!.selection).filter(([, share]) => share > 0)).toEqual([[able, 1]]);
  });
});
