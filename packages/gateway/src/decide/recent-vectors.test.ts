import { toyEncoder } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { createRecent } from '../recent.js';
import { recentVectors } from './recent-vectors.js';

function counting() {
  const encoder = toyEncoder(8);
  const asked: string[][] = [];
  return {
    asked,
    encoder: {
      ...encoder,
      encode: (texts: readonly string[]) => {
        asked.push([...texts]);
        return encoder.encode(texts);
      },
    },
  };
}

describe('recent vectors', () => {
  it('are those of the encoder, each text encoded once', async () => {
    const { encoder, asked } = counting();
    const remembering = recentVectors(encoder);
    const texts = ['one', 'two', 'one', '', '\ud800'];
    const expected = await encoder.encode(texts);
    asked.length = 0;
    expect((await remembering.encode(texts)).data).toEqual(expected.data);
    expect((await remembering.encode(['two', 'three', 'one'])).rows).toBe(3);
    expect(asked).toEqual([['one', 'two', '', '\ud800'], ['three']]);
    expect([remembering.id, remembering.dimensions]).toEqual([encoder.id, 8]);
  });

  it('are forgotten when there are too many, those used longest ago first', async () => {
    const { encoder, asked } = counting();
    const remembering = recentVectors(encoder, 2);
    for (const text of ['one', 'two', 'one', 'three', 'one', 'two']) await remembering.encode([text]);
    expect(asked.flat()).toEqual(['one', 'two', 'three', 'two']);
    // A batch of more than is kept is whole all the same.
    expect((await remembering.encode(['a', 'b', 'c', 'd'])).data).toEqual(
      (await encoder.encode(['a', 'b', 'c', 'd'])).data,
    );
  });

  it('need one row per text', async () => {
    const { encoder } = counting();
    const broken = recentVectors({ ...encoder, encode: () => encoder.encode([]) });
    await expect(broken.encode(['one'])).rejects.toMatchObject({ code: 'ENCODER_FAILED' });
  });
});

describe('what is recent', () => {
  it('is bounded, and a use counts', () => {
    const recent = createRecent<string, number>(2);
    recent.set('a', 1);
    recent.set('b', 2);
    expect(recent.get('a')).toBe(1);
    recent.set('c', 3);
    expect([recent.get('a'), recent.get('b'), recent.get('c'), recent.size]).toEqual([1, undefined, 3, 2]);
    recent.delete('a');
    expect(recent.size).toBe(1);
  });
});
