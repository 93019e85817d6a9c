import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { answerJson, openModelServer, type ModelHandler, type ModelServer } from '@routeprofile/providers/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readRouterArtifact } from '@routeprofile/data';
import { routeprofile, temporaryFolder, trainedRouter } from './testing/harness.js';

const BIN = fileURLToPath(new URL('../bin/routeprofile.js', import.meta.url));
const asked = { messages: [{ role: 'user', content: 'What is 17 * 3?' }] };
const usage = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 };

/** Says which model it is, streamed or not. */
const answers: ModelHandler<unknown> = (body, response) => {
  const { model, stream } = body as { model: string; stream?: boolean };
  if (stream !== true)
    return answerJson(response, 200, {
      choices: [{ index: 0, message: { role: 'assistant', content: model }, finish_reason: 'stop' }],
      usage,
    });
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const event = (data: object) => response.write(`data: ${JSON.stringify(data)}\n\n`);
  event({ choices: [{ index: 0, delta: { role: 'assistant', content: model }, finish_reason: null }] });
  event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
  response.end('data: [DONE]\n\n');
};

interface Serving {
  url: string;
  curl: string;
  process: ChildProcess;
  ended: Promise<number | null>;
}

const processes: ChildProcess[] = [];
/** The command as a process, once it serves. */
function serving(args: readonly string[], env: Record<string, string> = {}, cwd?: string): Promise<Serving> {
  const child = spawn(process.execPath, [BIN, 'serve', '--port', '0', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    cwd,
  });
  processes.push(child);
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return new Promise((resolve, reject) => {
    let [said, failed] = ['', ''];
    child.stderr.on('data', (bytes: Buffer) => (failed += bytes.toString()));
    child.stdout.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      if (!said.endsWith('}\n')) return;
      const { url, curl } = JSON.parse(said) as { url: string; curl: string };
      resolve({ url, curl, process: child, ended });
    });
    void ended.then((code) => reject(new Error(`ended with ${code}: ${failed}`)));
  });
}

describe('serve', { timeout: 60_000 }, () => {
  const folder = temporaryFolder();
  let router: string;
  let models: string[];
  let server: ModelServer<unknown>;
  beforeAll(async () => {
    server = await openModelServer(answers);
    router = await trainedRouter(folder.path, 'knn');
    models = [...(await readRouterArtifact(router)).manifest.models];
  }, 120_000);
  afterEach(() => {
    for (const child of processes.splice(0)) child.kill('SIGKILL');
    server.reset();
  });
  afterAll(async () => {
    await server.close();
    folder.remove();
  });

  const post = (url: string, body: object, headers: Record<string, string> = {}) =>
    fetch(url, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });

  it('lets a router answer by its flags alone, and ends when it is told to', async () => {
    const endpoints = models.flatMap((model) => ['--endpoint', `${model}=${server.baseUrl}#there-${model}`]);
    const keys = ['--key', `${models[0]}=env:GW_KEY`];
    const {
      url,
      curl,
      process: child,
      ended,
    } = await serving(['--router', router, ...endpoints, ...keys], {
      GW_KEY: 'sk-of-the-endpoint-1',
    });

    const decided = await post(`${url}/v1/route`, { model: 'auto', ...asked });
    const { model, ranked } = (await decided.json()) as { model: string; ranked: { model: string }[] };
    expect(ranked.map((one) => one.model).sort()).toEqual([...models].sort());
    expect(server.arrived).toBe(0);

    const { stdout } = await promisify(execFile)('sh', ['-c', `${curl} -s`]);
    expect(JSON.parse(stdout)).toMatchObject({ choices: [{ message: { content: `there-${model}` } }] });

    const streamed = await post(`${url}/v1/chat/completions`, { model: 'auto', stream: true, ...asked });
    expect(streamed.headers.get('x-routeprofile-model')).toBe(model);
    expect(await streamed.text()).toContain(`there-${model}`);

    server.script.push((_, response) => answerJson(response, 500, { error: { message: 'out of order' } }));
    const other = await post(`${url}/v1/chat/completions`, { model: 'auto', ...asked });
    const next = ranked[1]!.model;
    expect([other.status, other.headers.get('x-routeprofile-model')]).toEqual([200, next]);

    const id = other.headers.get('x-routeprofile-id');
    const record: unknown = await (await fetch(`${url}/v1/decisions/${id}`)).json();
    expect(record).toMatchObject({
      model,
      served: next,
      attempts: [{ candidate: model, status: 500, fault: 'server' }, { candidate: next }],
    });
    const pinned = await post(`${url}/v1/chat/completions`, { model: models[0], ...asked });
    expect(pinned.headers.get('x-routeprofile-model')).toBe(models[0]);
    expect(server.requests.at(-1)?.key).toBe('Bearer sk-of-the-endpoint-1');

    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('loads a configuration again when its file changes, and keeps the one before where it cannot', async () => {
    const config = join(folder.path, 'changing.yaml');
    const write = (routes: string) => {
      const endpoints = models.map((model) => `{ candidate: '${model}', baseUrl: '${server.baseUrl}', wires: [chat] }`);
      writeFileSync(config, `routes: { ${routes} }\nendpoints: [${endpoints.join(', ')}]\n`);
    };
    write(`first: { router: '${router}' }`);
    const { url, process: child, ended } = await serving(['--config', config]);
    let warned = '';
    child.stderr?.on('data', (bytes: Buffer) => (warned += bytes.toString()));
    const names = async () => {
      const { data } = (await (await fetch(`${url}/v1/models`)).json()) as { data: { id: string }[] };
      return data.flatMap(({ id }) => (id.startsWith('routeprofile/') ? [id] : []));
    };
    const until = async (reached: () => Promise<boolean>) => {
      for (let i = 0; i < 200 && !(await reached()); i++) await new Promise((resolve) => setTimeout(resolve, 50));
    };
    expect(await names()).toEqual(['routeprofile/first']);
    write('first: { router: nowhere }');
    await until(async () => warned.includes('the one before still is'));
    expect(await names()).toEqual(['routeprofile/first']);
    write(`second: { router: '${router}' }`);
    await until(async () => (await names())[0] === 'routeprofile/second');
    expect(await names()).toEqual(['routeprofile/second']);
    expect((await post(`${url}/v1/chat/completions`, { model: 'auto', ...asked })).status).toBe(200);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('reads a configuration with keys, budgets and a journal, and finishes what is under way', async () => {
    const config = join(folder.path, 'routeprofile.serve.yaml');
    writeFileSync(join(folder.path, 'team.key'), 'team-key-0123456789\n');
    const lines = [
      'state: { kind: journal, dir: state }',
      'keys: [{ id: team, key: file:team.key, routes: [cheap] }]',
      `routes: { cheap: { router: ${JSON.stringify(router)} } }`,
      'endpoints:',
      ...models.map((model) => `  - { candidate: ${model}, baseUrl: "${server.baseUrl}", wires: [chat] }`),
    ];
    writeFileSync(config, lines.join('\n'));
    const { url, process: child, ended } = await serving(['--config', config]);
    expect((await post(`${url}/v1/chat/completions`, { model: 'auto', ...asked })).status).toBe(401);

    let finish = () => {};
    const arrived = new Promise<void>((resolve) =>
      server.script.push((body, response, request) => {
        finish = () => void answers(body, response, request);
        resolve();
      }),
    );
    const authorization = 'Bearer team-key-0123456789';
    const waiting = post(`${url}/v1/chat/completions`, { model: 'auto', ...asked }, { authorization });
    await arrived;
    child.kill('SIGINT');
    // Longer than any other command may take to end.
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    finish();
    expect((await waiting).status).toBe(200);
    expect(await ended).toBe(0);
    const journal = readFileSync(join(folder.path, 'state', 'journal.jsonl'), 'utf8')
      .trim()
      .split('\n');
    expect(journal.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(['decision']);
  });

  it('keeps what its routes ask for, and gives the decisions of the command', async () => {
    const config = join(folder.path, 'wrapped.yaml');
    const settings = 'wrappers: ["constraints:pii=true"], session: { ttl: 10m }';
    const lines = (more: string) => [
      `routes: { default: { router: ${JSON.stringify(router)}, ${more} } }`,
      'endpoints:',
      ...models.map((model) => `  - { candidate: ${model}, baseUrl: "${server.baseUrl}", wires: [chat] }`),
    ];
    writeFileSync(config, lines(settings).join('\n'));
    const { url } = await serving(['--config', config]);
    const decided = async (content: string, model = 'auto') => {
      const response = await post(`${url}/v1/route`, { model, messages: [{ role: 'user', content }] });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    for (const text of ['What is 17 * 3?', 'Reverse the word lantern.']) {
      const command = await routeprofile(['route', text, '--router', router, '--json', '--quiet']);
      const { model, ranked } = JSON.parse(command.stdout) as Record<string, unknown>;
      expect((await decided(text)).body).toMatchObject({ model, ranked });
    }
    // No model of the sample runs locally.
    const personal = await decided('write to jane.doe@example.org');
    expect([personal.status, JSON.stringify(personal.body)]).toEqual([400, expect.stringContaining('not local')]);
    expect((await decided('Why?', 'auto:colour=red')).status).toBe(400);

    const first = await post(`${url}/v1/chat/completions`, { model: 'auto', ...asked });
    const again = await post(`${url}/v1/chat/completions`, { model: 'auto', ...asked });
    const served = first.headers.get('x-routeprofile-model');
    expect(again.headers.get('x-routeprofile-reason')).toBe(`${served} has answered this conversation`);
    const record = await fetch(`${url}/v1/decisions/${again.headers.get('x-routeprofile-id')}`);
    const { bestSingle } = (await readRouterArtifact(router)).manifest;
    expect(await record.json()).toMatchObject({ bestSingle: { model: bestSingle } });

    const wrong = join(folder.path, 'wrong-wrappers.yaml');
    writeFileSync(wrong, lines('wrappers: ["cost:budget=1", "constraint"], session: { ttl: 10 }').join('\n'));
    const shape = await routeprofile(['serve', '--config', wrong]);
    expect([shape.code, shape.stderr]).toEqual([2, expect.stringContaining('routes.default.session.ttl')]);
    writeFileSync(wrong, lines('wrappers: ["cost:budget=1", "constraint"]').join('\n'));
    const meaning = await routeprofile(['serve', '--config', wrong]);
    for (const what of [
      'wrappers.0: cost: budget is found on training rows',
      'wrappers.1: no wrapper called constraint',
    ])
      expect(meaning.stderr).toContain(what);
  });

  it('gives its spans to the OpenTelemetry of the folder that it runs in', async () => {
    const project = join(folder.path, 'traced');
    mkdirSync(join(project, 'node_modules', '@opentelemetry', 'api'), { recursive: true });
    // What the package does with spans is its own; here it writes their names down.
    writeFileSync(
      join(project, 'node_modules', '@opentelemetry', 'api', 'index.js'),
      `const { appendFileSync } = require('node:fs');
      const startSpan = (name) => ({ setAttributes() {}, setStatus() {}, end: () => appendFileSync('spans.txt', name + '\\n') });
      exports.trace = { getTracer: () => ({ startSpan }), setSpan: (context) => context };
      exports.context = { active: () => ({}) };
      exports.propagation = { extract: (context) => context, inject: (_, carrier) => void (carrier.traceparent = 'a trace') };`,
    );
    const config = join(project, 'routeprofile.serve.yaml');
    const endpoints = models.map((model) => `{ candidate: '${model}', baseUrl: '${server.baseUrl}', wires: [chat] }`);
    const routes = `routes: { default: { router: '${router}' } }`;
    writeFileSync(config, `tracing: true\n${routes}\nendpoints: [${endpoints.join(', ')}]\n`);
    const { url, process: child, ended } = await serving(['--config', config], {}, project);
    const reply = await post(`${url}/v1/chat/completions`, { model: models[0], ...asked });
    expect(reply.status).toBe(200);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(readFileSync(join(project, 'spans.txt'), 'utf8')).toBe(`chat ${models[0]}\nchat routeprofile\n`);

    const without = await serving(['--config', config], {}, folder.path).catch(String);
    expect(without).toContain('tracing: @opentelemetry/api cannot be loaded');
  });

  it('says everything that is wrong at once', async () => {
    const wrong = join(folder.path, 'wrong.yaml');
    writeFileSync(wrong, 'listen: { port: 70000 }\nroutes: { default: { routr: x } }\nendpoints: []\n');
    const shape = await routeprofile(['serve', '--config', wrong]);
    expect(shape.code).toBe(2);
    for (const what of ['listen.port', 'routes.default', 'endpoints']) expect(shape.stderr).toContain(what);

    const args = ['serve', '--router', router, '--endpoint', 'nobody=https://models.example/v1'];
    const meaning = await routeprofile([...args, '--endpoint', `${models[0]}=http://models.example/v1`]);
    expect([meaning.code, meaning.stderr]).toEqual([2, expect.stringContaining('insecure: true')]);
    const unknown = await routeprofile([...args, '--endpoint', `${models[0]}=https://models.example/v1`]);
    expect(unknown.stderr).toContain('no router knows nobody');

    const shut = await routeprofile([
      ...args.slice(0, 3),
      '--endpoint',
      `${models[0]}=${server.baseUrl}`,
      '--host',
      '0.0.0.0',
    ]);
    expect([shut.code, shut.stderr]).toEqual([2, expect.stringContaining('there are no keys')]);
  });

  it('says how its flags are written', async () => {
    const nothing = await routeprofile(['serve', '--router', router]);
    expect([nothing.code, nothing.stderr]).toEqual([
      2,
      expect.stringContaining('--router is given, but no --endpoint'),
    ]);
    const words = await routeprofile(['serve', '--router', router, '--endpoint', 'a', '--key', 'a=sk-secret']);
    expect(words.stderr).toContain('expected CANDIDATE=URL');
    expect(words.stderr).toContain('never the key itself');
    expect(words.stderr).not.toContain('sk-secret');
  });
});
