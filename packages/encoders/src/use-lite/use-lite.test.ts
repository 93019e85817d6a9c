import { describeEncoderContract } from '@routeprofile/schema/testing';
import { rowOf, type Encoder } from '@routeprofile/schema';
import { createHash } from 'node:crypto';
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

/** The fixture's vectors are float32's: those of 16-bit products have cosines to them of 1 to six digits. */
const EQUAL = 2e-6;

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

  it('has nearly the same vectors', async () => {
    const together = await encoder.encode(fixture.cases.map(({ text }) => text));
    for (const [i, { vector }] of fixture.cases.entries()) {
      const [own, theirs] = [rowOf(together, i), floats(vector)];
      expect(1 - own.reduce((sum, x, d) => sum + x * theirs[d]!, 0)).toBeLessThan(EQUAL);
      expect(difference(own, theirs)).toBeLessThan(1e-3);
    }
  });

  it('has these bits wherever it runs; where they change, USE_LITE_VERSION must', async () => {
    const { data } = await encoder.encode(fixture.cases.map(({ text }) => text));
    expect(createHash('sha256').update(data).digest('hex')).toBe(
      '6b99da7f176556a7cf097961bfebdee2791fdaf4665ba62b62e7dec704b9af4a',
    );
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
    const run = await loadUseLiteModel(files);
    const sum = new Float64Array(512);
    for (const cut of cuts) (await run([cut])).forEach((x, d) => (sum[d]! += x * cut.length));
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
    await encoder.dispose?.();
  });

  it('takes head and tail for what they say', async () => {
    const ids = createTokenizer(parseVocabulary(await files.vocab(), 'vocab.json')).encode(texts.join('. '));
    const run = await loadUseLiteModel(files);
    for (const [window, part] of [
      ['head', ids.subarray(0, 128)],
      ['tail', ids.subarray(-128)],
    ] as const) {
      const encoder = await openUseLiteEncoder({ files, window });
      expect([...(await encoder.encode([texts.join('. ')])).data]).toEqual([...(await run([part]))]);
      expect(encoder.id).toBe(`use-lite@0.2.0-int16:window=${window}`);
      await encoder.dispose?.();
    }
  });

  it('gives the same bits again after another encoder has come and gone', async () => {
    const [one, two] = [await openUseLiteEncoder({ files }), await openUseLiteEncoder({ files })];
    const first = await one.encode(texts);
    await two.encode(texts.slice(3));
    await two.dispose?.();
    expect([...(await one.encode(texts)).data]).toEqual([...first.data]);
    await one.dispose?.();
  });

  it('refuses windows that its memory has no room for', async () => {
    const run = await loadUseLiteModel(files);
    for (const lengths of [[129], [0], [128, 128, 1]])
      await expect(run(lengths.map((length) => new Int32Array(length)))).rejects.toThrow('do not fit');
  });

  it.each([
    [
      'weights cut short',
      { ...files, weights: async (paths: readonly string[]) => (await files.weights(paths)).slice(4) },
    ],
    ['a model.json that is something else', { ...files, model: async () => ({ weights: [] }) }],
    [
      'another model',
      {
        ...files,
        model: async () => ({
          weightsManifest: [
            { paths: ['group1-shard1of7'], weights: [{ name: 'other', shape: [1], dtype: 'float32' }] },
          ],
        }),
        weights: async () => new ArrayBuffer(4),
      },
    ],
    ['a vocabulary that is something else', { ...files, vocab: async () => 'hello' }],
  ])('refuses %s', async (_, broken) => {
    await expect(openUseLiteEncoder({ files: broken })).rejects.toMatchObject({ code: 'CORRUPT_FILE' });
  });
});
