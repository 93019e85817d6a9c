// Secrets of endpoints and clients, model servers that repeat all they were sent, and a look at everything that `serve` says and writes.
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readRouterArtifact } from '@routeprofile/data';
import { openModelServer, type ModelHandler, type ModelServer } from '@routeprofile/providers/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder, trainedRouter } from './testing/harness.js';

const BIN = fileURLToPath(new URL('../bin/routeprofile.js', import.meta.url));
const SECRETS = {
  environment: 'sk-7hG2kQ9vX4bN1mZ8-of-the-environment',
  file: 'sk-2wLrT8yPq3Dc6FjV-of-a-file',
  address: 'AIza4xB7zR1nK5tGh9Wd-of-the-address',
  client: 'team-p5VwCq8Jt1Xe4Mn-of-the-client',
  other: 'mail-c4TgY1kSz6Lr9Fu-of-a-person',
};
const found = (text: string) =>
  Object.values(SECRETS).filter((secret) => text.includes(secret) || text.includes(secret.slice(5, 15)));

/** All that came, in what goes wrong. */
const answering =
  (status: number, form: (echo: string) => string, headers: Record<string, string> = {}): ModelHandler<unknown> =>
  (_, response, request) => {
    const echo = JSON.stringify([request.url, request.headers]).replace(/["\\]/g, ' ');
    const repeated: Record<string, string> = {};
    for (const [name, value] of Object.entries(headers)) repeated[name] = value + encodeURIComponent(echo);
    response.writeHead(status, { 'content-type': 'application/json', ...repeated });
    response.end(form(echo));
  };
const inJson = (echo: string) => JSON.stringify({ error: { message: `No: ${echo}`, code: echo } });
const FAULTS: ModelHandler<unknown>[] = [
  ...[400, 401, 403, 404, 413, 422, 429, 500, 503].map((status) => answering(status, inJson)),
  answering(302, inJson, { location: 'http://127.0.0.1:1/?from=' }),
  answering(307, () => '', { location: '/again?' }),
  answering(400, (echo) => `{"error":{"message":"${echo}`),
  answering(400, (echo) => `<html>${echo}</html>`),
  answering(200, inJson),
  answering(200, (echo) => echo),
  (_, response) => void response.destroy(),
];

let child: ChildProcess | undefined;
afterAll(() => void child?.kill('SIGKILL'));

describe('serve', { timeout: 120_000 }, () => {
  const folder = temporaryFolder();
  let server: ModelServer<unknown>;
  let router: string;
  let models: string[];
  beforeAll(async () => {
    server = await openModelServer(answering(500, inJson));
    router = await trainedRouter(folder.path, 'knn');
    models = [...(await readRouterArtifact(router)).manifest.models];
  }, 120_000);
  afterAll(async () => {
    await server.close();
    folder.remove();
  });

  it('says no secret, on its outputs, in its journal or to clients, whatever model servers repeat', async () => {
    writeFileSync(join(folder.path, 'key'), `${SECRETS.file}\n`);
    const config = join(folder.path, 'serve.yaml');
    writeFileSync(
      config,
      JSON.stringify({
        listen: { port: 0 },
        keys: [{ id: 'team', key: 'env:CLIENT', operator: true, budget: { dollars: 1000 } }],
        state: { kind: 'journal', dir: './state' },
        routes: { default: { router } },
        endpoints: models.map((candidate, i) => ({
          candidate,
          baseUrl: `${server.baseUrl}?key=${SECRETS.address}`,
          wires: ['chat', 'messages', 'responses'],
          key: i % 2 === 0 ? 'env:ENDPOINT' : 'file:key',
        })),
      }),
    );
    let said = '';
    const serving = spawn(process.execPath, [BIN, 'serve', '--config', config], {
      env: { ...process.env, CLIENT: SECRETS.client, ENDPOINT: SECRETS.environment },
    });
    child = serving;
    const ended = new Promise((resolve) => serving.on('close', resolve));
    for (const output of [serving.stdout, serving.stderr])
      output.on('data', (bytes: Buffer) => (said += String(bytes)));
    for (let i = 0; i < 600 && !/http:\S+\d/.test(said); i++) await new Promise((resolve) => setTimeout(resolve, 50));
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
    if (url === undefined) throw new Error(`it does not serve: ${said}`);

    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${SECRETS.client}`,
      cookie: `session=${SECRETS.other}`,
      'x-openwebui-user-email': SECRETS.other,
    };
    const heard: string[] = [];
    const hear = async (response: Response) =>
      void heard.push(JSON.stringify([...response.headers]) + (await response.text()));
    const messages = [{ role: 'user', content: 'Who ate the blue plums?' }];
    for (const [i, fault] of FAULTS.entries()) {
      server.standard = fault;
      for (const stream of [false, true]) {
        const body = JSON.stringify({
          model: models[i % models.length],
          stream,
          max_tokens: 9,
          messages,
          input: messages,
        });
        for (const path of ['chat/completions', 'messages', 'responses'])
          await hear(await fetch(`${url}/v1/${path}`, { method: 'POST', headers, body }));
      }
      // Loaded anew, endpoints that were put out of service are asked again.
      writeFileSync(config, `${readFileSync(config, 'utf8')}\n`);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    for (const path of ['v1/decisions?limit=200', 'v1/overview', 'v1/models', 'metrics', 'ready'])
      await hear(await fetch(`${url}/${path}`, { headers }));
    serving.kill('SIGTERM');
    expect(await ended).toBe(0);

    // They did repeat what they were sent, and that was of the endpoint alone.
    expect(server.arrived).toBeGreaterThan(FAULTS.length);
    expect(server.requests.every(({ key }) => key === undefined || !key.includes(SECRETS.client))).toBe(true);
    expect(heard.some((one) => one.includes('***'))).toBe(true);
    const journal = readFileSync(join(folder.path, 'state', 'journal.jsonl'), 'utf8');
    expect(journal).toContain('"type":"decision"');
    expect(heard.filter((one) => found(one).length > 0)).toEqual([]);
    expect(found(journal)).toEqual([]);
    expect(found(said)).toEqual([]);
    expect(said).not.toContain('blue plums');
  });
});
