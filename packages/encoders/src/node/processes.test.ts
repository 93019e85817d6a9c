import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHashEncoder } from '../hash/hash-encoder.js';
import { withCache } from './with-cache.js';

const run = promisify(execFile);
const build = fileURLToPath(new URL('../../.vitest/build/', import.meta.url));
const words = 'why do rivers run to the sea and what makes a question hard for a small model'.split(' ');
const texts = Array.from({ length: 44 }, (_, i) =>
  Array.from({ length: 60 + ((i * 29) % 100) }, (_, k) => words[(i * 7 + k * k) % words.length]).join(' '),
);
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rp-processes-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const ENCODE = `
  const encoder = await createEncoder('use-lite', { threads: 2, cache: process.argv[2] });
  const matrix = await encoder.encode(JSON.parse(process.argv[1]));
  console.log(JSON.stringify([matrix.rows, Array.from(matrix.data).reduce((sum, x, i) => sum + x * ((i % 7) - 3), 0)]));`;
const esm = (cache: string) => [
  '--input-type=module',
  '-e',
  `import { createEncoder } from ${JSON.stringify(`file://${build}node.js`)};${ENCODE}`,
  JSON.stringify(texts),
  cache,
];
const cjs = (cache: string) => [
  '-e',
  `const { createEncoder } = require(${JSON.stringify(`${build}node.cjs`)});(async () => {${ENCODE}})();`,
  JSON.stringify(texts),
  cache,
];

describe('use-lite in a process of its own', () => {
  it('ends by itself after work on threads, as ESM and as CommonJS, and two at once share a cache', async () => {
    const cache = join(dir, 'shared');
    // Nobody disposes of anything: idle threads must not keep the process alive.
    const outputs = await Promise.all(
      [esm(cache), cjs(cache)].map((args) => run(process.execPath, args, { timeout: 50_000 })),
    );
    const results = outputs.map(({ stdout }) => JSON.parse(stdout) as [number, number]);
    expect(results[0]![0]).toBe(texts.length);
    expect(results[1]).toEqual(results[0]);
    expect(outputs.map(({ stderr }) => stderr)).toEqual(['', '']);
    // A third one finds everything there, and the same numbers: it has nothing to add.
    const packs = (await readdir(cache, { recursive: true })).sort();
    const { stdout } = await run(process.execPath, esm(cache), { timeout: 50_000 });
    expect(JSON.parse(stdout)).toEqual(results[0]);
    expect((await readdir(cache, { recursive: true })).sort()).toEqual(packs);
  });
});

describe('the cache under several processes', () => {
  const slow = (cache: string, from: number, to: number, pause: number) => [
    '--input-type=module',
    '-e',
    `import { createHashEncoder, withCache } from ${JSON.stringify(`file://${build}node.js`)};
     const hash = createHashEncoder();
     const slow = { ...hash, encode: async (texts, ctx) => { await new Promise((r) => setTimeout(r, ${pause})); return hash.encode(texts, ctx); } };
     const texts = Array.from({ length: ${to - from} }, (_, i) => 'text ' + (i + ${from}));
     await withCache(slow, ${JSON.stringify(cache)}, { lot: 20 }).encode(texts, { seed: 1, onProgress: (p) => console.log(String(p.done)) });`,
  ];

  it('is right when several write the same and different entries at once', async () => {
    const cache = join(dir, 'several');
    await Promise.all([
      run(process.execPath, slow(cache, 0, 200, 5)),
      run(process.execPath, slow(cache, 100, 300, 5)),
      run(process.execPath, slow(cache, 0, 200, 2)),
    ]);
    const texts = Array.from({ length: 300 }, (_, i) => `text ${i}`);
    const deaf = { ...createHashEncoder(), encode: () => Promise.reject(new Error('asked although cached')) };
    expect(await withCache(deaf, cache).encode(texts)).toEqual(await createHashEncoder().encode(texts));
  });

  it('keeps what a killed process had finished', async () => {
    const cache = join(dir, 'killed');
    const child = spawn(process.execPath, slow(cache, 0, 1_000, 20), { stdio: ['ignore', 'pipe', 'inherit'] });
    let reported = 0;
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (data: Buffer) => {
        reported = Math.max(reported, ...data.toString().trim().split('\n').map(Number));
        if (reported >= 100) child.kill('SIGKILL');
      });
      child.on('exit', () => resolve());
    });
    const asked: string[] = [];
    const hash = createHashEncoder();
    const counting = { ...hash, encode: (list: readonly string[]) => (asked.push(...list), hash.encode(list)) };
    const texts = Array.from({ length: 1_000 }, (_, i) => `text ${i}`);
    expect(await withCache(counting, cache).encode(texts)).toEqual(await hash.encode(texts));
    expect(reported).toBeLessThan(1_000);
    expect(asked.length).toBeLessThanOrEqual(1_000 - reported);
    expect((await readdir(cache)).length).toBe(1);
  });
});
