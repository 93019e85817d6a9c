import { createMatrix, type Encoder } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { memoryEncoder } from './memory-encoder.js';

/** An encoder that gives the length of a text, and tells what it was asked for. */
function lengths() {
  const asked: string[] = [];
  const encoder: Encoder = {
    specVersion: 1,
    id: 'lengths',
    dimensions: 1,
    async encode(texts) {
      asked.push(...texts);
      const out = createMatrix(texts.length, 1);
      texts.forEach((text, i) => (out.data[i] = text.length));
      return out;
    },
  };
  return { encoder, asked };
}
const ctx = { seed: 1 };

describe('memoryEncoder', () => {
  it('asks for each text once', async () => {
    const { encoder, asked } = lengths();
    const remembering = memoryEncoder(encoder);
    for (let i = 0; i < 3; i++) await remembering.encode(['a', 'bb', 'a', `${'c'.repeat(i + 3)}`], ctx);
    expect(asked).toEqual(['a', 'bb', 'ccc', 'cccc', 'ccccc']);
  });

  it('answers with the same numbers in memory where texts were encoded one after another, and with a copy otherwise', async () => {
    const remembering = memoryEncoder(lengths().encoder);
    const first = await remembering.encode(['a', 'bb', 'ccc', 'dddd'], ctx);
    const middle = await remembering.encode(['bb', 'ccc'], ctx);
    expect([...middle.data]).toEqual([2, 3]);
    expect(middle.data.buffer).toBe(first.data.buffer);
    for (const texts of [
      ['ccc', 'bb'],
      ['a', 'a'],
      ['a', 'ccc'],
      ['dddd', 'eeeee'],
    ]) {
      const { data } = await remembering.encode(texts, ctx);
      expect([...data]).toEqual(texts.map((text) => text.length));
      expect(data.buffer).not.toBe(first.data.buffer);
    }
  });

  it('forgets what was not asked for lately where it may keep only so many', async () => {
    const { encoder, asked } = lengths();
    const remembering = memoryEncoder(encoder, 10);
    const texts = Array.from({ length: 1_000 }, (_, i) => 'x'.repeat(i + 1));
    for (const text of texts)
      expect([...(await remembering.encode([text, 'often'], ctx)).data]).toEqual([text.length, 5]);
    expect(asked).toHaveLength(1_001);
    await remembering.encode([texts.at(-1)!], ctx);
    expect(asked).toHaveLength(1_001);
    await remembering.encode([texts[0]!], ctx);
    expect(asked).toHaveLength(1_002);
    // Of the last 20 at most 10 are known, those that came last.
    await remembering.encode(texts.slice(-20), ctx);
    expect(asked.length).toBeGreaterThanOrEqual(1_012);
  });

  it('answers whole, however many texts it is asked for and whoever else asks meanwhile', async () => {
    const remembering = memoryEncoder(lengths().encoder, 4);
    const texts = Array.from({ length: 50 }, (_, i) => 'x'.repeat(i + 1));
    const answers = await Promise.all(
      [texts, texts.toReversed(), texts.slice(10)].map((one) => remembering.encode(one, ctx)),
    );
    expect([...answers[0]!.data]).toEqual(texts.map((text) => text.length));
    expect([...answers[1]!.data]).toEqual(texts.map((text) => text.length).toReversed());
    expect([...answers[2]!.data]).toEqual(texts.slice(10).map((text) => text.length));
  });
});
