import { fileURLToPath } from 'node:url';
import { EdgeVM } from '@edge-runtime/vm';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { loadStatic } from './encoder.js';
import { packStaticFile } from './model/format.js';
import { toyVectors } from './testing/toy.js';

it('gives the same bits in an edge runtime, which has the web’s interfaces and nothing of Node', async () => {
  const entry = fileURLToPath(new URL('index.ts', import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'encoderStatic',
    platform: 'browser',
  });
  const file = packStaticFile(toyVectors());
  const texts = ['red sums of blue', '', 'née ☃ red', 'red '.repeat(5_000)];
  const vm = new EdgeVM({
    initialCode: outputFiles[0]!.text,
    extend: (context) => Object.assign(context, { file, texts }),
  });
  const [sums, numbers] = await vm.evaluate<Promise<[string, string]>>(`
    encoderStatic.loadStatic({ name: 'toy', read: async () => Uint8Array.from(file) }).then(async (model) => {
      const { vectors } = await model.read(texts);
      return [model.sums, vectors.data.join()];
    })`);
  const { vectors } = await (await loadStatic({ name: 'toy', read: async () => file })).read(texts);
  expect(numbers).toBe(vectors.data.join());
  expect(['simd', 'plain']).toContain(sums);
});
