import { describe, expect, it } from 'vitest';
import type { Encoder } from './encoder.js';
import { toyEncoder } from './testing/toy-encoder.js';
import { stripPrefix, withoutPrefixes } from './without-prefixes.js';

describe('shared prefixes', () => {
  it('are left out of what is encoded, the longest that fits', async () => {
    const encoder = toyEncoder(64);
    const stripped = withoutPrefixes(encoder, ['examples\nmore\n', 'examples\n']);
    const texts = ['examples\nmore\nwhy?', 'examples\nwhy?', 'why?'];
    const { data, rows, cols } = await stripped.encode(texts);
    const plain = await encoder.encode(['why?']);
    for (let i = 0; i < rows; i++) expect(data.slice(i * cols, (i + 1) * cols)).toEqual(plain.data);
    expect([stripped.id, stripped.dimensions]).toEqual([encoder.id, 64]);
  });

  it('do not count in what the encoder cannot see', async () => {
    const encoder: Encoder = {
      ...toyEncoder(),
      unseen: async (texts) => Float64Array.from(texts, (text) => text.length),
    };
    expect(await withoutPrefixes(encoder, ['examples\n']).unseen?.(['examples\nwhy?'])).toEqual(Float64Array.of(4));
    expect(withoutPrefixes(toyEncoder(), ['examples\n'])).not.toHaveProperty('unseen');
  });

  it('stay where nothing else is there, and the encoder is itself without any', () => {
    expect(stripPrefix('examples\n ', ['examples\n'])).toBe('examples\n ');
    const encoder = toyEncoder();
    expect(withoutPrefixes(encoder, [])).toBe(encoder);
  });
});
