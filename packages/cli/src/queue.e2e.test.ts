// One run and one collection, done by workers in processes of their own, which share a Postgres and are killed.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openStandInModels, type StandInModels } from '@routeprofile/providers/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesOf } from '../../../tools/folder-files.js';
import { hasPostgres, startPostgres, type TestPostgres } from '../../../tools/postgres.js';
import { routeprofile, temporaryFolder } from './testing/harness.js';

const BIN = fileURLToPath(new URL('../bin/routeprofile.js', import.meta.url));
const PASSWORD = 'canary-of-the-queue';
const PROMPTS = 40;

describe.runIf(hasPostgres())('work through a queue in Postgres', () => {
  const folder = temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  const workers: ChildProcess[] = [];
  let database: TestPostgres;
  let models: StandInModels;
  let said = '';
  beforeAll(async () => {
    [database, models] = await Promise.all([
      startPostgres(),
      openStandInModels({ latency: 100, answer: ({ prompt }) => `It is ${prompt.length}.` }),
    ]);
    // Where passwords are not asked for, one may be given all the same.
    writeFileSync(at('url'), `${database.url.replace('postgres@', `postgres:${PASSWORD}@`)}\n`);
    const prompts = Array.from({ length: PROMPTS }, (_, i) => ({ query: `What is ${i} + 1?\u0000`, reference: '17' }));
    writeFileSync(at('prompts.jsonl'), prompts.map((row) => JSON.stringify(row)).join('\n'));
    const model = { baseUrl: models.baseUrl, maxOutputTokens: 20, concurrency: 8, price: { input: 1, output: 1 } };
    const both = { small: model, large: { ...model, key: 'env:LARGE_KEY' } };
    writeFileSync(at('config.json'), JSON.stringify({ collect: { prompts: 'prompts.jsonl', models: both } }));
    expect((await routeprofile(['sample', at('sample'), '--quiet'])).code).toBe(0);
    for (let i = 0; i < 3; i++) hire();
  });
  afterAll(async () => {
    for (const worker of workers) worker.kill('SIGKILL');
    await models?.close();
    await database?.remove();
    folder.remove();
  });
  const queue = () => ['--queue', `file:${at('url')}`];
  const hire = (): void => {
    const args = ['worker', ...queue(), '--config', at('config.json'), '--calls', '4'];
    const worker = spawn(process.execPath, [BIN, ...args], { env: { ...process.env, LARGE_KEY: 'key-of-large' } });
    for (const output of [worker.stdout, worker.stderr]) output.on('data', (bytes: Buffer) => (said += String(bytes)));
    workers.push(worker);
  };
  /** Kills a worker once there is work done. */
  const killWhen = async (begun: () => boolean): Promise<void> => {
    while (!begun()) await new Promise((resolve) => setTimeout(resolve, 10));
    workers.shift()?.kill('SIGKILL');
  };

  it('runs cells on three workers, one of which is killed: the same bytes as a run alone', async () => {
    const what = ['--profile', 'index,emb-gnn', '--router', 'sim,mlp:epochs=4:hidden=16:output=8'];
    const small = ['--encoder', 'hash:dimensions=32', '--limit-train', '100', '--limit-test', '30'];
    const base = ['run', '--data', at('sample'), ...small, '--cache', at('cache'), ...what];
    expect((await routeprofile([...base, '--out', at('local')])).code).toBe(0);
    const [shared] = await Promise.all([
      routeprofile([...base, '--out', at('shared'), ...queue(), '--lease', '2']),
      killWhen(() => existsSync(at('shared', 'cells'))),
    ]);
    expect(shared).toMatchObject({ code: 0, stderr: expect.stringContaining('takes part') as string });
    // What is measured is in one file, apart from results: `load`, `encode`, `cells`, `decisionMilliseconds`, `total`, `peakMemoryBytes`.
    const [local, remote] = [filesOf(at('local')), filesOf(at('shared'))];
    expect({ ...remote, 'timings.json': '' }).toEqual({ ...local, 'timings.json': '' });
    expect(Object.keys(JSON.parse(remote['timings.json']!) as object)).toEqual(
      Object.keys(JSON.parse(local['timings.json']!) as object),
    );
  });

  it('collects answers through workers, one of which is killed: the same answers, and never more than the budget', async () => {
    hire();
    process.env['LARGE_KEY'] = 'key-of-large';
    const collect = (out: string, more: string[]) =>
      routeprofile(['collect', '--config', at('config.json'), '--budget', '1', '--out', at(out), ...more]);
    expect((await collect('alone', [])).code).toBe(0);
    const before = models.arrived;
    const [together] = await Promise.all([
      collect('together', [...queue(), '--lease', '2']),
      killWhen(() => models.arrived > before + 5),
    ]);
    expect(together.code).toBe(0);
    const timeless = (out: string) =>
      readFileSync(at(out, 'outcomes.jsonl'), 'utf8').replace(/,"latency":[\d.e-]+/g, '');
    expect(timeless('together')).toBe(timeless('alone'));
    expect(timeless('together').match(/"outputTokens"/g)).toHaveLength(2 * PROMPTS);
    for (const name of ['grades.jsonl', 'models.json'])
      expect(readFileSync(at('together', name), 'utf8')).toBe(readFileSync(at('alone', name), 'utf8'));
    // The models were asked by the workers, with keys of their own.
    expect(models.arrived).toBeGreaterThanOrEqual(before + 2 * PROMPTS);
    delete process.env['LARGE_KEY'];
  });

  it('takes no password on the command line, and prints none', async () => {
    const { code, stderr } = await routeprofile(['worker', '--queue', `postgres://u:${PASSWORD}@h/d`]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/holds a password\nhint: --queue takes env:NAME/)]);
    expect((await routeprofile(['worker', '--queue', 'env:NO_SUCH_QUEUE'])).stderr).toContain(
      'no secret in env:NO_SUCH_QUEUE',
    );
    expect(stderr + said).not.toContain(PASSWORD);
  });
});
