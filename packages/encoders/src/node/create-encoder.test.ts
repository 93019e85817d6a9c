import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STATIC_VERSION } from '@routeprofile/encoder-static';
import { answerJson, openModelServer, type ModelServer } from '@routeprofile/providers/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInEncoders, createEncoder, encoderNames } from './create-encoder.js';
import { threadCount } from './use-lite-node.js';

const KEY = 'sk-very-secret-key';
let width = 3;
let server: ModelServer<{ input: string[] }>;
let dir: string;
let env: Record<string, string>;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rp-create-'));
  server = await openModelServer(({ input }, response) => {
    const data = input.map((t, index) => ({ index, embedding: Array.from({ length: width }, (_, i) => t.length + i) }));
    answerJson(response, 200, { data });
  });
  env = { OPENAI_BASE_URL: server.baseUrl, OPENAI_API_KEY: KEY };
});
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

describe('createEncoder', () => {
  it.each([
    ['hash', 'hash@1:dimensions=512'],
    ['hash:dimensions=64', 'hash@1:dimensions=64'],
    ['use-lite-hash', 'use-lite-hash@0.2.0-int16-1:window=mean:hashed=256'],
    ['use-lite-hash:hashed=64:window=tail', 'use-lite-hash@0.2.0-int16-1:window=tail:hashed=64'],
    ['use-lite', 'use-lite@0.2.0-int16:window=mean'],
    ['static', `static@${STATIC_VERSION}`],
    ['static-hash', `static-hash@${STATIC_VERSION}-1:hashed=256`],
    ['static-hash:hashed=64', `static-hash@${STATIC_VERSION}-1:hashed=64`],
    ['use-lite:window=head', 'use-lite@0.2.0-int16:window=head'],
    ['use-lite:windows=8', 'use-lite@0.2.0-int16:window=mean:windows=8'],
    ['use-lite-hash:windows=4', 'use-lite-hash@0.2.0-int16-1:window=mean:windows=4:hashed=256'],
  ])('reads %s, and its id as well', async (reference, id) => {
    expect((await createEncoder(reference)).id).toBe(id);
    expect((await createEncoder(id)).id).toBe(id);
  });

  it('reads the ids of remote encoders', async () => {
    const first = await createEncoder('openai:org/model+tuned@main:latest:batch=2', { env });
    expect(first.id).toMatch(/^openai:org\/model\+tuned@main:latest:endpoint=127\.0\.0\.1:\d+\/v1$/);
    expect((await createEncoder(first.id, { env })).id).toBe(first.id);
    await expect(
      createEncoder(first.id, { env: { ...env, ROUTEPROFILE_OPENAI_BASE_URL: 'http://127.0.0.1:1/v2' } }),
    ).rejects.toMatchObject({ code: 'BAD_OPTION', message: expect.stringContaining('127.0.0.1:1/v2') as string });
  });

  it.each([
    ['word2vec', 'UNKNOWN_NAME'],
    ['', 'BAD_OPTION'],
    [':window=head', 'BAD_OPTION'],
    ['constructor', 'UNKNOWN_NAME'],
    ['use-lite:window=middle', 'BAD_OPTION'],
    ['use-lite:windows=head', 'BAD_OPTION'],
    ['use-lite:windows=1', 'BAD_OPTION'],
    ['use-lite:windows=4:window=head', 'BAD_OPTION'],
    ['use-lite:head', 'BAD_OPTION'],
    ['use-lite@0.1.0', 'UNSUPPORTED'],
    ['use-lite-hash@0.2.0', 'UNSUPPORTED'],
    ['use-lite:hashed=256', 'BAD_OPTION'],
    ['use-lite-hash:hashed=0', 'BAD_OPTION'],
    // A wrapper or a graph, which other references may carry, must not be dropped in silence.
    ['use-lite+hash', 'UNKNOWN_NAME'],
    ['hash@latest', 'UNSUPPORTED'],
    ['static@1-00000000', 'UNSUPPORTED'],
    ['static:absent.safetensors', 'MISSING_FILE'],
    ['static-hash:hashed=0', 'BAD_OPTION'],
    ['static:hashed=256', 'BAD_OPTION'],
    ['hash:dimensions=many', 'BAD_OPTION'],
    ['npz', 'BAD_OPTION'],
    ['npz:absent.npz', 'MISSING_FILE'],
    ['openai', 'BAD_OPTION'],
    ['openai:m:batch=0', 'BAD_OPTION'],
    ['transformers', 'BAD_OPTION'],
    ['transformers:m:pooling=max', 'BAD_OPTION'],
  ])('refuses %j', async (reference, code) => {
    await expect(createEncoder(reference, { env, load: () => Promise.reject(new Error()) })).rejects.toMatchObject({
      code,
    });
  });

  it.each([
    ['use-light', "Did you mean 'use-lite' rather than 'use-light'?"],
    ['use-light:window=head', "Did you mean 'use-lite' rather than 'use-light'?"],
    ['use-lite,window=head', 'joined with a colon, not a comma: use-lite:window=head.'],
    ['use-lite:window=head,windows=4', 'joined with a colon, not a comma: window=head:windows=4.'],
  ])('says what was meant by %s', async (reference, hint) => {
    await expect(createEncoder(reference)).rejects.toMatchObject({ hint: expect.stringContaining(hint) as string });
  });

  it('lists what it knows when it does not know a name', async () => {
    await expect(createEncoder('word2vec')).rejects.toMatchObject({
      message: expect.stringContaining('word2vec') as string,
      hint: expect.stringMatching(
        /static-hash, static, use-lite-hash, use-lite, hash, npz:FILE, openai:MODEL, transformers:MODEL/,
      ) as string,
    });
    expect(encoderNames).toEqual([
      'static-hash',
      'static',
      'use-lite-hash',
      'use-lite',
      'hash',
      'npz',
      'openai',
      'transformers',
    ]);
    expect(builtInEncoders.every(({ summary, usage, name }) => summary !== '' && usage.startsWith(name))).toBe(true);
  });

  it('needs no request for what the cache holds, and keeps the key out of it', async () => {
    const cache = join(dir, 'openai');
    const texts = ['one', 'three'];
    const first = await (await createEncoder('openai:m', { env, cache })).encode(texts);
    const before = server.arrived;
    expect(await (await createEncoder('openai:m', { env, cache })).encode(texts)).toEqual(first);
    expect(server.arrived).toBe(before);
    for (const entry of await readdir(cache, { recursive: true, withFileTypes: true }))
      if (entry.isFile())
        expect((await readFile(join(entry.parentPath, entry.name))).toString('latin1')).not.toContain(KEY);
  });

  it('notices when the model behind a name has changed its dimensions', async () => {
    const cache = join(dir, 'changed');
    await (await createEncoder('openai:m', { env, cache })).encode(['one']);
    width = 5;
    await expect((await createEncoder('openai:m', { env, cache })).encode(['two'])).rejects.toMatchObject({
      code: 'ENCODER_FAILED',
      message: expect.stringContaining('5 dimensions, others have 3') as string,
    });
    width = 3;
  });
});

describe('threads', () => {
  it('are one a core, or as many as told', () => {
    expect(threadCount({ env: {} })).toBeGreaterThanOrEqual(1);
    expect(threadCount({ env: { ROUTEPROFILE_THREADS: '3' } })).toBe(3);
    expect(threadCount({ threads: 2, env: { ROUTEPROFILE_THREADS: '3' } })).toBe(2);
  });

  it.each(['0', '-1', '1.5', 'many'])('are not %s', (value) => {
    expect(() => threadCount({ env: { ROUTEPROFILE_THREADS: value } })).toThrow(/threads/);
  });
});
