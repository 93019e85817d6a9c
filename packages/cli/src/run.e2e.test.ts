import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runReportSchema, type Decision } from '@routeprofile/schema';
import { routeprofile, runReport, temporaryFolder } from './testing/harness.js';

const BIN = fileURLToPath(new URL('../bin/routeprofile.js', import.meta.url));
const MLP = 'mlp:epochs=2:hidden=16:output=8';

describe('from a dataset folder to a report', () => {
  const folder = temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  /** Flags shared by all runs: quick, and apart from the user's own cache. */
  const quick = ['--encoder', 'hash:dimensions=64', '--cache', at('cache')];
  const base = ['--data', at('sample'), ...quick, '--profile', 'index,emb-gnn', '--router', `sim,${MLP}`];

  beforeAll(async () => {
    expect((await routeprofile(['sample', at('sample')])).code).toBe(0);
    expect((await routeprofile(['run', ...base, '--out', at('run')])).code).toBe(0);
  });
  afterAll(() => folder.remove());

  it('runs, and prints one JSON document that fits its schema', async () => {
    const { code, report, stderr } = await runReport([...base, '--out', at('run-json')]);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(runReportSchema.parse(report)).toEqual(report);
    expect(report).toEqual(JSON.parse(readFileSync(at('run', 'report.json'), 'utf8')));
    expect(report.simulated).toBe(true);
    expect(report.rows.map((row) => row.label)).toEqual([
      'index × sim',
      'index × mlp',
      'emb-gnn × sim',
      'emb-gnn × mlp',
    ]);
    for (const name of [
      'best-single',
      'best-in-hindsight',
      'cheapest',
      'random',
      'oracle',
      'task-table',
      'knn',
      `constant:${report.candidates[0]}`,
    ])
      expect(Object.keys(report.baselines)).toContain(name);
    const html = readFileSync(at('run', 'report.html'), 'utf8');
    expect(html).toContain('simulated');
    expect(html).not.toMatch(/(src|href)="https?:/);
  });

  it('gives the same bytes again, and reuses what it has', async () => {
    await runReport([...base, '--out', at('run-again')]);
    expect(readFileSync(at('run-again', 'report.json'), 'utf8')).toBe(readFileSync(at('run', 'report.json'), 'utf8'));
    const { stdout } = await routeprofile(['run', ...base, '--out', at('run')]);
    expect(stdout).toContain('Reused from an earlier run: 4 of 4 cells.');
    const more = await routeprofile(['run', ...base, '--router', 'sim,knn', '--out', at('run')]);
    // The sim cells; the knn that every run makes for comparison is not judged on training data, as those asked for are.
    expect(more.stdout).toContain('2 of 4 cells');
  });

  it('survives being killed: nothing finished is done again, nothing is lost', async () => {
    const args = ['run', ...base, '--router', 'mlp:epochs=30:hidden=64:output=16', '--json'];
    const cells = () =>
      existsSync(at('killed', 'cells'))
        ? readdirSync(at('killed', 'cells')).filter((name) => name.endsWith('.json'))
        : [];
    const child = spawn(process.execPath, [BIN, ...args, '--out', at('killed')], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.on('close', resolve));
    while (cells().length < 3 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGKILL');
    await ended;
    expect(existsSync(at('killed', 'report.json'))).toBe(false);
    const before = new Map(cells().map((name) => [name, readFileSync(at('killed', 'cells', name), 'utf8')]));
    expect(before.size).toBeGreaterThan(0);
    expect((await routeprofile([...args, '--out', at('killed')])).code).toBe(0);
    expect((await routeprofile([...args, '--out', at('whole')])).code).toBe(0);
    expect(readFileSync(at('killed', 'report.json'), 'utf8')).toBe(readFileSync(at('whole', 'report.json'), 'utf8'));
    for (const [name, text] of before) expect(readFileSync(at('killed', 'cells', name), 'utf8')).toBe(text);
  });

  it('gives the same bytes with several workers', async () => {
    const { code, stderr } = await routeprofile(['run', ...base, '--jobs', '2', '--out', at('jobs')]);
    expect(stderr).not.toContain('error');
    expect(code).toBe(0);
    expect(readFileSync(at('jobs', 'report.json'), 'utf8')).toBe(readFileSync(at('run-json', 'report.json'), 'utf8'));
  });

  it('builds profiles on graphs of their own, and labels the rows by them', async () => {
    const { report } = await runReport([
      ...base,
      '--profile',
      'emb-gnn@task,emb-gnn',
      '--router',
      'sim',
      '--out',
      at('graphs'),
    ]);
    expect(report.rows.map((row) => [row.label, row.graph])).toEqual([
      ['emb-gnn@task × sim', 'task'],
      ['emb-gnn × sim', 'query-task'],
    ]);
  });

  it('runs scenarios over one store of cells, with a report over all', async () => {
    const file = at('scenarios.json');
    const scenarios = [{ name: 'one' }, { name: 'two', testSplit: 'test' }];
    writeFileSync(
      file,
      JSON.stringify({ data: 'sample', profile: 'emb-gnn', router: 'sim', scenarios, out: 'scenarios' }),
    );
    const { code, stdout } = await routeprofile(['run', '--config', file, ...quick]);
    expect(code).toBe(0);
    expect(stdout).toContain('design-space.html');
    expect(readFileSync(at('scenarios', 'two', 'report.json'), 'utf8')).toBe(
      readFileSync(at('scenarios', 'one', 'report.json'), 'utf8'),
    );
    expect(existsSync(at('scenarios', 'design-space.html'))).toBe(true);
    expect(readdirSync(at('scenarios', 'cells'))).toHaveLength(3);
  });

  it('makes a damaged cell again, and says so', async () => {
    const [name] = readdirSync(at('run', 'cells'));
    const whole = readFileSync(at('run', 'cells', name!), 'utf8');
    writeFileSync(at('run', 'cells', name!), whole.slice(0, 40));
    const { code, stderr } = await routeprofile([
      'run',
      ...base,
      '--router',
      `sim,${MLP},knn,task-table`,
      '--out',
      at('run'),
    ]);
    expect(code).toBe(0);
    expect(stderr).toContain('is damaged and will be computed again');
    expect(readFileSync(at('run', 'cells', name!), 'utf8')).toBe(whole);
  });

  it('stops when interrupted, with exit code 130', async () => {
    const controller = new AbortController();
    controller.abort();
    const { code, stdout } = await routeprofile(['run', ...base, '--out', at('stopped')], {
      signal: controller.signal,
    });
    expect(code).toBe(130);
    expect(stdout).toBe('');
  });

  it('marks a cell that fails, goes on, and exits with 1', async () => {
    writeFileSync(
      at('thrower.mjs'),
      `export default { kind: 'router', specVersion: 1, name: 'thrower', summary: 's', needs: [],
        options: { safeParse: (data) => ({ success: true, data }) },
        fit() { throw new Error('cannot be fitted'); }, load() {} };`,
    );
    const { code, report, stderr } = await runReport([
      ...base,
      '--router',
      `${at('thrower.mjs')},sim`,
      '--out',
      at('failing'),
    ]);
    expect(code).toBe(1);
    expect(report.rows).toHaveLength(2);
    expect(report.failed.map((cell) => [cell.code, cell.message])).toEqual(
      Array(2).fill(['PLUGIN_FAILED', expect.stringContaining('cannot be fitted') as string]),
    );
    expect(stderr).toContain('thrower');
  });

  it('goes step by step, through files', async () => {
    const data = ['--data', at('sample'), ...quick];
    expect((await routeprofile(['graph', 'build', ...data, '--out', at('steps', 'graph')])).code).toBe(0);
    expect(
      (
        await routeprofile([
          'profile',
          'build',
          ...data,
          '--from',
          at('steps', 'graph'),
          '--profile',
          'emb-gnn',
          '--out',
          at('steps', 'profiles'),
        ])
      ).code,
    ).toBe(0);
    const trained = await routeprofile([
      'router',
      'train',
      ...data,
      '--profiles',
      at('steps', 'profiles', 'emb-gnn.npz'),
      '--router',
      'sim',
      '--out',
      at('steps', 'router'),
    ]);
    expect(trained.stderr).toBe('');
    expect(trained.code).toBe(0);
    const evaluated = await routeprofile([
      'evaluate',
      ...data,
      '--router',
      at('steps', 'router'),
      '--out',
      at('steps', 'evaluation'),
      '--json',
      '--quiet',
    ]);
    expect(evaluated.code).toBe(0);
    const { report } = await runReport([
      ...base,
      '--profile',
      'emb-gnn',
      '--router',
      'sim',
      '--out',
      at('steps', 'run'),
    ]);
    const step = runReportSchema.parse(JSON.parse(evaluated.stdout));
    expect(step.rows[0]?.metrics).toEqual(report.rows[0]?.metrics);
  });

  it('routes a query, and queries from standard input', async () => {
    const router = at('run', 'routers', 'emb-gnn.sim.seed42');
    const one = await routeprofile(['route', '--router', router, '--cache', at('cache'), 'What is 2 + 2?']);
    expect(one.code).toBe(0);
    expect(one.stdout).toContain('→');
    const many = await routeprofile(['route', '-', '--router', router, '--cache', at('cache'), '--json'], {
      input: 'What is 2 + 2?\n\n[{"role":"user","content":"What is 2 + 2?"}]\n',
    });
    const decisions = JSON.parse(many.stdout) as Decision[];
    expect(decisions).toHaveLength(2);
    expect(decisions[0]).toEqual(decisions[1]);
    expect(decisions[0]?.ranked.length).toBeGreaterThanOrEqual(8);
  });

  it('writes a report again from its data, and refuses a broken one', async () => {
    expect((await routeprofile(['report', at('run'), '--out', at('again.html')])).code).toBe(0);
    expect(readFileSync(at('again.html'), 'utf8')).toContain('<!doctype html>');
    writeFileSync(at('half.json'), readFileSync(at('run', 'report.json'), 'utf8').slice(0, 500));
    const { code, stderr } = await routeprofile(['report', at('half.json')]);
    expect(code).toBe(2);
    expect(stderr).toContain('half.json');
  });

  it('tells what a dataset holds', async () => {
    const { code, stdout } = await routeprofile(['data', 'check', at('sample')]);
    expect(code).toBe(0);
    expect(stdout).toContain('No problems.');
  });

  describe('hostile input', () => {
    const row = (models: unknown, more: object = {}) => JSON.stringify({ id: 'a', query: 'Why?', models, ...more });
    const write = (name: string, ...lines: string[]) => {
      mkdirSync(at(name), { recursive: true });
      writeFileSync(at(name, 'outcomes.jsonl'), lines.join('\n'));
      return at(name);
    };
    const two = { a: { score: 1 }, b: { score: 0 } };

    it.each<[string, () => string, string]>([
      ['truncated JSON', () => write('truncated', row(two), row(two).slice(0, 20)), 'outcomes.jsonl'],
      ['a wrong type', () => write('type', row({ a: { score: 'high' }, b: { score: 1 } })), 'score'],
      [
        'NaN',
        () => write('nan', '{"id":"a","query":"x","models":{"a":{"score":NaN},"b":{"score":1}}}'),
        'outcomes.jsonl',
      ],
      [
        'Infinity',
        () => write('infinity', '{"id":"a","query":"x","models":{"a":{"score":1e999},"b":{"score":1}}}'),
        'score',
      ],
      ['no models', () => write('none', row({})), 'outcomes.jsonl'],
      [
        'one model',
        () =>
          write(
            'one',
            ...Array.from({ length: 9 }, (_, i) => row({ solo: { score: 1 } }, { id: String(i), query: `Why ${i}?` })),
          ),
        'solo',
      ],
      [
        '__proto__ as a model',
        () => write('proto', '{"id":"a","query":"x","models":{"__proto__":{"score":1},"b":{"score":1}}}'),
        '__proto__',
      ],
      ['two rows of one id', () => write('twice', row(two), row(two)), 'a'],
      ['an empty file', () => write('empty', ''), 'outcomes.jsonl'],
      ['an empty folder', () => (mkdirSync(at('void')), at('void')), 'outcomes.jsonl'],
    ])('%s: one message, exit code 2, earlier results intact', async (_, make, named) => {
      const before = readFileSync(at('run', 'report.json'), 'utf8');
      const { code, stdout, stderr } = await routeprofile(['run', '--data', make(), ...quick, '--out', at('run')]);
      expect(code).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toContain(named);
      expect(stderr.match(/^error:/gm)).toHaveLength(1);
      expect(stderr).not.toContain('    at ');
      expect(readFileSync(at('run', 'report.json'), 'utf8')).toBe(before);
    });

    it('takes a query of 100,000 characters', async () => {
      const long = await routeprofile([
        'route',
        '--router',
        at('run', 'routers', 'emb-gnn.sim.seed42'),
        '--cache',
        at('cache'),
        'why '.repeat(25_000),
      ]);
      expect(long.code).toBe(0);
    });

    it('refuses an output folder that is a file, or not writable', async () => {
      writeFileSync(at('file'), '');
      const { code, stderr } = await routeprofile(['run', ...base, '--out', at('file')]);
      expect(code).toBe(2);
      expect(stderr).toContain('file');
      // Permissions do not hold root back, and Windows knows none on folders.
      if (process.getuid === undefined || process.getuid() === 0) return;
      mkdirSync(at('locked'));
      chmodSync(at('locked'), 0o500);
      expect((await routeprofile(['run', ...base, '--out', at('locked', 'out')])).code).toBe(2);
    });

    it('refuses a router whose weights were tampered with', async () => {
      const from = at('run', 'routers', 'emb-gnn.sim.seed42');
      mkdirSync(at('tampered'));
      for (const name of readdirSync(from)) writeFileSync(at('tampered', name), readFileSync(join(from, name)));
      const bytes = readFileSync(at('tampered', 'weights.npz'));
      bytes[bytes.length >> 1]! ^= 0xff;
      writeFileSync(at('tampered', 'weights.npz'), bytes);
      const { code, stderr } = await routeprofile(['route', '--router', at('tampered'), 'x']);
      expect(code).toBe(2);
      expect(stderr).toContain('weights.npz');
    });

    it.each([
      ['too few rows', 'texts.slice(1).map(() => [1, 2])'],
      ['NaN', 'texts.map(() => [NaN, 1])'],
    ])('an encoder that returns %s is named, with exit code 1', async (_, rows) => {
      const file = at(`encoder-${rows.length}.mjs`);
      writeFileSync(
        file,
        `export default { kind: 'encoder', specVersion: 1, name: 'bad', summary: 's', create: async () => ({
          specVersion: 1, id: 'bad-encoder', dimensions: 2,
          encode: async (texts) => { const rows = ${rows}; return { rows: rows.length, cols: 2, data: Float32Array.from(rows.flat()) }; } }) };`,
      );
      const { code, stderr } = await routeprofile(['run', ...base, '--encoder', file, '--out', at('bad-encoder')]);
      expect(code).toBe(1);
      expect(stderr).toContain('bad-encoder');
    });
  });
});
