import { describeEncoderContract } from '@routeprofile/schema/testing';
import { rowOf, type Encoder } from '@routeprofile/schema';
import { createRuntime } from '@routeprofile/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fixture from '../fixtures/use-lite.json';
import { useLiteFiles } from '../node/use-lite-files.js';
import { openUseLiteEncoder } from './encoder.js';
import { loadUseLiteModel } from './model.js';
import { createTokenizer, parseVocabulary } from '@routeprofile/encoder-static';

const floats = (base64: string) => {
  const bytes = Buffer.from(base64, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
};
const difference = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);
const files = useLiteFiles();

describeEncoderContract({ describe, it, expect }, 'use-lite', () => openUseLiteEncoder({ files }));

describe('use-lite against @energetic-ai/embeddings', () => {
  let encoder: Encoder;
  beforeAll(async () => {
    encoder = await openUseLiteEncoder({ files, window: 'head' });
  });
  afterAll(() => encoder.dispose?.());

  it('has the same token ids', async () => {
    const tokenizer = createTokenizer(parseVocabulary(await files.vocab(), 'vocab.json'));
    for (const { text, tokens } of fixture.cases) expect([...tokenizer.encode(text)]).toEqual(tokens);
    expect(fixture.cases.filter(({ tokens }) => tokens.length > 128)).toHaveLength(2);
  });

  it('has the same vectors within 1e-5, in one batch or alone', async () => {
    const together = await encoder.encode(fixture.cases.map(({ text }) => text));
    for (const [i, { text, vector }] of fixture.cases.entries()) {
      expect(difference(rowOf(together, i), floats(vector))).toBeLessThan(1e-5);
      expect(difference(rowOf(await encoder.encode([text]), 0), floats(vector))).toBeLessThan(1e-5);
    }
  });
});

describe('use-lite', () => {
  const words = 'why do rivers run to the sea and what makes a question hard for a small model'.split(' ');
  const text = (n: number, from: number) =>
    Array.from({ length: n }, (_, i) => words[(from * 7 + i * i) % words.length]).join(' ');
  const texts = Array.from({ length: 6 }, (_, i) => text(1 + ((i * 59) % 190), i));

  it('gives a text the same bits in whatever company', async () => {
    const encoder = await openUseLiteEncoder({ files });
    const together = await encoder.encode(texts);
    const backwards = await encoder.encode([...texts].reverse().flatMap((t) => [t, `${t} more`]));
    for (const [i, t] of texts.entries()) {
      expect([...rowOf(await encoder.encode([t]), 0)]).toEqual([...rowOf(together, i)]);
      expect([...rowOf(backwards, 2 * (texts.length - 1 - i))]).toEqual([...rowOf(together, i)]);
    }
    await encoder.dispose?.();
  });

  it('averages the windows of a long text, weighted by tokens', async () => {
    const long = [...texts, ...texts].join('. ');
    const ids = createTokenizer(parseVocabulary(await files.vocab(), 'vocab.json')).encode(long);
    const cuts = Array.from({ length: Math.ceil(ids.length / 128) }, (_, i) => ids.subarray(128 * i, 128 * (i + 1)));
    const model = await loadUseLiteModel(files, await createRuntime());
    const sum = new Float64Array(512);
    for (const cut of cuts) (await model.run([cut])).forEach((x, d) => (sum[d]! += x * cut.length));
    const norm = Math.hypot(...sum);
    const encoder = await openUseLiteEncoder({ files });
    const [mean] = [rowOf(await encoder.encode([long]), 0)];
    expect(cuts.length).toBeGreaterThan(4);
    expect(
      difference(
        mean,
        Float32Array.from(sum, (x) => x / norm),
      ),
    ).toBeLessThan(1e-6);
    model.dispose();
    await encoder.dispose?.();
  });

  it('takes head and tail for what they say', async () => {
    const ids = createTokenizer(parseVocabulary(await files.vocab(), 'vocab.json')).encode(texts.join('. '));
    const model = await loadUseLiteModel(files, await createRuntime());
    for (const [window, part] of [
      ['head', ids.subarray(0, 128)],
      ['tail', ids.subarray(-128)],
    ] as const) {
      const encoder = await openUseLiteEncoder({ files, window });
      expect([...(await encoder.encode([texts.join('. ')])).data]).toEqual([...(await model.run([part]))]);
      expect(encoder.id).toBe(`use-lite@0.2.0:window=${window}`);
      await encoder.dispose?.();
    }
    model.dispose();
  });

  it('gives the same bits again after another encoder has come and gone, and keeps no tensor', async () => {
    const { tf } = await createRuntime();
    const before = tf.memory().numTensors;
    const [one, two] = [await openUseLiteEncoder({ files }), await openUseLiteEncoder({ files })];
    const first = await one.encode(texts);
    await two.encode(texts.slice(3));
    await two.dispose?.();
    expect([...(await one.encode(texts)).data]).toEqual([...first.data]);
    await one.dispose?.();
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    [
      'weights cut short',
      { ...files, weights: async (paths: readonly string[]) => (await files.weights(paths)).slice(4) },
    ],
    ['a model.json that is something else', { ...files, model: async () => ({ weights: [] }) }],
    ['a vocabulary that is something else', { ...files, vocab: async () => 'hello' }],
  ])('refuses %s', async (_, broken) => {
    await expect(openUseLiteEncoder({ files: broken })).rejects.toMatchObject({ code: 'CORRUPT_FILE' });
  });
});
