import { describe, expect, it } from 'vitest';
import { RouteProfileError, createMatrix, rowOf, type Encoder } from '@routeprofile/schema';
import { buildGraph } from './build.js';
import { encodeNodes } from './encode-nodes.js';
import { toHetero } from './hetero.js';
import { synthetic } from './testing/synthetic.js';

const graph = toHetero(buildGraph(synthetic, { preset: 'query-task' }));
const calls: string[][] = [];
/** Two numbers a text: its length and its first character's code. */
const encoder: Encoder = {
  specVersion: 1,
  id: 'two',
  dimensions: 2,
  async encode(texts) {
    calls.push([...texts]);
    const numbers = texts.flatMap((text) => [text.length, text === '' ? 0 : text.charCodeAt(0)]);
    return createMatrix(texts.length, 2, Float32Array.from(numbers));
  },
};

describe('encodeNodes', () => {
  it('gives every node its row, and encodes each distinct text once, in one call', async () => {
    calls.length = 0;
    const features = await encodeNodes(graph, encoder, { seed: 0 });
    expect(calls).toHaveLength(1);
    expect(new Set(calls[0]).size).toBe(calls[0]?.length);
    for (const set of graph.nodes)
      set.texts.forEach((text, i) => expect(rowOf(features[set.type]!, i)[0], text).toBe(text.length));
    expect(features.query?.rows).toBe(5);
  });

  it('encodes only the types asked for', async () => {
    const features = await encodeNodes(graph, encoder, { seed: 0 }, ['model']);
    expect(Object.keys(features)).toEqual(['model']);
    await expect(encodeNodes(graph, encoder, { seed: 0 }, ['domain'])).rejects.toThrow(/no domain nodes/);
  });

  it.each<[string, Encoder['encode']]>([
    ['SHAPE_MISMATCH', async () => createMatrix(1, 2)],
    ['SHAPE_MISMATCH', async (texts) => createMatrix(texts.length, 3)],
    ['NOT_FINITE', async (texts) => createMatrix(texts.length, 2, new Float32Array(2 * texts.length).fill(NaN))],
  ])('%s for an encoder that returns other than it should', async (code, encode) => {
    await expect(encodeNodes(graph, { ...encoder, encode }, { seed: 0 })).rejects.toMatchObject({ code });
  });

  it('stops when told to', async () => {
    const stopped = encodeNodes(graph, encoder, { seed: 0, signal: AbortSignal.abort() });
    await expect(stopped).rejects.toBeInstanceOf(RouteProfileError);
  });
});
