// Two gateways of `serve` that share one Postgres, as clients and operators meet them.
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readRouterArtifact } from '@routeprofile/data';
import { openModelServer, type ModelServer } from '@routeprofile/providers/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPostgres, startPostgres, type TestPostgres } from '../../../tools/postgres.js';
import { routeprofile, temporaryFolder, trainedRouter } from './testing/harness.js';

const BIN = fileURLToPath(new URL('../bin/routeprofile.js', import.meta.url));
const PASSWORD = 'canary-of-the-database';
const TOKENS = 100_000;

describe.runIf(hasPostgres())('serve with state in Postgres', { timeout: 120_000 }, () => {
  const folder = temporaryFolder();
  const children: ChildProcess[] = [];
  let database: TestPostgres;
  let models: ModelServer<unknown>;
  let names: string[];
  let config: string;
  /** Dollars of one request. */
  let cost: number;
  let said = '';
  beforeAll(async () => {
    [database, models] = await Promise.all([
      startPostgres(),
      openModelServer((_, response) => {
        const usage = { prompt_tokens: 1, completion_tokens: TOKENS, total_tokens: TOKENS + 1 };
        const choices = [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'x' } }];
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ choices, usage }));
      }),
    ]);
    const router = await trainedRouter(folder.path, 'knn');
    const { candidates = [] } = (await readRouterArtifact(router)).manifest;
    names = candidates.map(({ id }) => id);
    cost = (candidates[0]!.price!.output * TOKENS) / 1e6;
    config = join(folder.path, 'serve.yaml');
    writeFileSync(
      config,
      JSON.stringify({
        listen: { port: 0 },
        keys: [
          { id: 'team', key: 'env:TEAM', budget: { dollars: 10.5 * cost } },
          { id: 'other', key: 'env:OTHER', budget: { dollars: 10.5 * cost } },
        ],
        state: { kind: 'postgres', url: 'env:DATABASE_URL', timeoutMs: 1_000 },
        routes: { default: { router } },
        endpoints: names.map((candidate) => ({ id: candidate, candidate, baseUrl: models.baseUrl, wires: ['chat'] })),
      }),
    );
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await models?.close();
    await database?.remove();
    folder.remove();
  });
  const start = async (): Promise<string> => {
    const url = database.url.replace('postgres@', `postgres:${PASSWORD}@`);
    const child = spawn(process.execPath, [BIN, 'serve', '--config', config], {
      env: { ...process.env, TEAM: 'key-of-the-team-1', OTHER: 'key-of-the-other-1', DATABASE_URL: url },
    });
    children.push(child);
    let own = '';
    for (const output of [child.stdout, child.stderr])
      output.on('data', (bytes: Buffer) => {
        own += String(bytes);
        said += String(bytes);
      });
    await expect.poll(() => own, { timeout: 60_000 }).toMatch(/http:\/\/127\.0\.0\.1:\d+/);
    return /http:\/\/127\.0\.0\.1:\d+/.exec(own)![0];
  };
  const ask = (url: string, model: string, key = 'key-of-the-team-1') =>
    fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ model, max_tokens: TOKENS, messages: [{ role: 'user', content: 'Hm?' }] }),
    });
  const look = async (url: string, path: string): Promise<unknown> =>
    (await fetch(`${url}${path}`, { headers: { authorization: 'Bearer key-of-the-team-1' } })).json();

  it('keeps one budget, one list of decisions and one list of what rests, and says when the database is away', async () => {
    const urls = await Promise.all([start(), start()]);
    const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => ask(urls[i % 2]!, names[0]!)));
    const served = answers.filter(({ status }) => status === 200);
    expect(served.length).toBe(10);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
    expect(models.arrived).toBe(10);

    const id = served[0]!.headers.get('x-routeprofile-id')!;
    for (const url of urls)
      await expect
        .poll(() => look(url, `/v1/decisions/${id}`), { timeout: 5_000 })
        .toMatchObject({ id, served: names[0] });
    await expect
      .poll(() => look(urls[1], '/v1/overview'), { timeout: 5_000 })
      .toMatchObject({ spend: { decisions: 30, answered: 10 } });

    models.script.push((_, response) => {
      response.writeHead(429, { 'retry-after': '40' });
      response.end('{}');
    });
    await ask(urls[0], names[0]!, 'key-of-the-other-1');
    const rests = async () => {
      const { endpoints } = (await look(urls[1], '/v1/overview')) as { endpoints: { id: string; state: string }[] };
      return endpoints.filter(({ state }) => state !== 'up').map((endpoint) => [endpoint.id, endpoint.state]);
    };
    await expect.poll(rests, { timeout: 5_000 }).toEqual([[names[0], 'cooling']]);

    await database.kill();
    const refused = await ask(urls[1], names[1]!);
    expect([refused.status, ((await refused.json()) as { error: { code: string } }).error.code]).toEqual([
      503,
      'store_unavailable',
    ]);
    expect((await fetch(`${urls[1]}/ready`)).status).toBe(503);
    expect((await fetch(`${urls[1]}/health`)).status).toBe(200);
    await database.start();
    await expect.poll(async () => (await fetch(`${urls[1]}/ready`)).status, { timeout: 10_000 }).toBe(200);
    const ends = children.map((child) => new Promise((resolve) => child.once('close', resolve)));
    for (const child of children) child.kill('SIGTERM');
    expect(await Promise.all(ends)).toEqual([0, 0]);
    expect(said).not.toContain(PASSWORD);
    expect(said).toContain('Postgres is back after');
  });

  it('says what is missing in the settings', async () => {
    const serve = async (state: object) => {
      const path = join(folder.path, 'wrong.yaml');
      const right = JSON.parse(readFileSync(config, 'utf8')) as object;
      writeFileSync(path, JSON.stringify({ ...right, state }));
      const { code, stderr } = await routeprofile(['serve', '--config', path]);
      expect(code).toBe(2);
      return stderr;
    };
    const written = await serve({ kind: 'postgres', url: `postgres://u:${PASSWORD}@h/d` });
    expect(written).toMatch(/state\.url: .*env:NAME/);
    expect(written).not.toContain(PASSWORD);
    expect(await serve({ kind: 'postgres', url: 'env:NO_SUCH_VARIABLE' })).toContain(
      'state.url: the environment variable NO_SUCH_VARIABLE is not set, or empty: export it where the gateway starts',
    );
    expect(await serve({ kind: 'postgres', url: 'env:X', schema: 'A b', onDown: 'no' })).toMatch(
      /state\.schema.*\n.*state\.onDown|state\.onDown/s,
    );
  });
});
