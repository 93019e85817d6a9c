import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Progress } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { openNodeUseLite } from './use-lite-node.js';
import { createWorkerPool } from './worker-pool.js';

const build = new URL('../../.vitest/build/', import.meta.url);
const worker = new URL('use-lite-worker.js', build);
const words = 'why do rivers run to the sea and what makes a question hard for a small model'.split(' ');
const text = (n: number, from: number) =>
  Array.from({ length: n }, (_, i) => words[(from * 7 + i * i) % words.length]).join(' ');
// About 5,000 tokens: enough to be worth threads.
const texts = Array.from({ length: 48 }, (_, i) => text(40 + ((i * 29) % 110), i));

describe('use-lite on threads', () => {
  it('gives the same bits as on this thread, and reports what is done', async () => {
    const here = await openNodeUseLite({ threads: 1 });
    const expected = await here.encode(texts);
    const seen: Progress[] = [];
    const encoder = await openNodeUseLite({ threads: 3, worker });
    const matrix = await encoder.encode(texts, { seed: 1, onProgress: (progress) => seen.push(progress) });
    expect(Buffer.from(matrix.data.buffer).equals(Buffer.from(expected.data.buffer))).toBe(true);
    await encoder.dispose?.();
    const last = seen.at(-1)!;
    expect(last.done).toBe(last.total);
    expect(seen.length).toBeGreaterThan(4);
    await here.dispose?.();
  });

  it('gives the same bits of a single text where this thread is kept free, which is never used then', async () => {
    const short = ['why do rivers run to the sea'];
    const here = await openNodeUseLite({ threads: 1 });
    const expected = await here.encode(short);
    const free = await openNodeUseLite({ threads: 1, keepFree: true, worker });
    expect((await free.encode(short)).data).toEqual(expected.data);
    const nowhere = new URL('no-such-worker.js', build);
    const without = await openNodeUseLite({ threads: 1, keepFree: true, worker: nowhere });
    await expect(without.encode(short)).rejects.toMatchObject({ code: 'ENCODER_FAILED' });
    expect((await (await openNodeUseLite({ threads: 1, worker: nowhere })).encode(short)).rows).toBe(1);
    for (const encoder of [here, free, without]) await encoder.dispose?.();
  });

  it('stops when asked to, and is of use afterwards', async () => {
    const encoder = await openNodeUseLite({ threads: 2, worker });
    const controller = new AbortController();
    const work = encoder.encode(texts, { seed: 1, signal: controller.signal, onProgress: () => controller.abort() });
    await expect(work).rejects.toMatchObject({ code: 'ABORTED' });
    expect((await encoder.encode(texts.slice(0, 2))).rows).toBe(2);
    await encoder.dispose?.();
  });
});

describe('worker pool', () => {
  const dying = async (name: string, code: string) => {
    const file = join(fileURLToPath(build), name);
    await writeFile(file, code);
    return createWorkerPool(new URL(name, build)).runners(1)[0]!;
  };
  const window = Int32Array.of(1, 2, 3);

  it('tells when a thread dies at work', async () => {
    const run = await dying(
      'dying-exit.mjs',
      `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(3));`,
    );
    await expect(run([window])).rejects.toMatchObject({
      code: 'ENCODER_FAILED',
      message: expect.stringContaining('code 3') as string,
    });
    await expect(run([window])).rejects.toMatchObject({ code: 'ENCODER_FAILED' });
  });

  it('tells when a thread cannot start', async () => {
    const run = await dying('dying-start.mjs', `throw new Error('no memory');`);
    await expect(run([window])).rejects.toMatchObject({
      code: 'ENCODER_FAILED',
      message: expect.stringContaining('no memory') as string,
    });
  });

  it('tells when it is disposed of at work', async () => {
    const file = 'never-done.mjs';
    const code = `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => {});`;
    await writeFile(join(fileURLToPath(build), file), code);
    const pool = createWorkerPool(new URL(file, build));
    const [run] = pool.runners(1);
    const work = run!([window]).catch((error: unknown) => error);
    await pool.dispose();
    const disposed = {
      code: 'ENCODER_FAILED',
      message: 'use-lite: the encoder was disposed of while it encoded',
      hint: expect.stringContaining('dispose()') as string,
    };
    expect(await work).toMatchObject(disposed);
    await expect(run!([window])).rejects.toMatchObject(disposed);
  });

  it('hands on what went wrong in a thread', async () => {
    const run = createWorkerPool(worker).runners(1)[0]!;
    await expect(run([window, new Int32Array(129)])).rejects.toMatchObject({
      code: 'ENCODER_FAILED',
      message: expect.stringContaining('more than 128') as string,
    });
  });
});
