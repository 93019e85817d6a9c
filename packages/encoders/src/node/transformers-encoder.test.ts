import { describeEncoderContract } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { createHashEncoder } from '../hash/hash-encoder.js';
import { openTransformersEncoder } from './transformers-encoder.js';

const teacher = createHashEncoder({ dimensions: 24 });

/** A module of the library's shape; it encodes by hashing. */
function fakeLibrary(change: (output: { dims: number[]; data: Float32Array }) => unknown = (output) => output) {
  const calls: { texts: string[]; options: unknown }[] = [];
  let disposed = 0;
  const library = {
    env: { version: '4.3.1' },
    pipeline: async (_task: string, model: string, options: unknown) => {
      if (model === 'absent') throw new Error('file was not found locally');
      calls.push({ texts: [], options });
      const extract = async (texts: string[], how: unknown) => {
        calls.push({ texts, options: how });
        const { rows, cols, data } = await teacher.encode(texts);
        return change({ dims: [rows, cols], data });
      };
      return Object.assign(extract, { dispose: async () => ++disposed });
    },
  };
  return { load: async () => library, calls, disposed: () => disposed };
}

describeEncoderContract({ describe, it, expect }, 'transformers', () =>
  openTransformersEncoder({ model: 'tiny', load: fakeLibrary().load }),
);

describe('transformers encoder', () => {
  it('asks for mean pooling and unit length unless told otherwise', async () => {
    const { load, calls } = fakeLibrary();
    const plain = await openTransformersEncoder({ model: 'tiny', load });
    expect(calls.map(({ options }) => options)).toEqual([{ dtype: 'fp32' }, { pooling: 'mean', normalize: true }]);
    expect(plain.id).toBe('transformers:tiny:dtype=fp32:normalize=true:pooling=mean:version=4.3.1');
    const other = await openTransformersEncoder({
      model: 'tiny',
      load,
      options: { pooling: 'cls', normalize: false, dtype: 'q8' },
    });
    expect(calls.at(-1)?.options).toEqual({ pooling: 'cls', normalize: false });
    expect(other.id).toBe('transformers:tiny:dtype=q8:normalize=false:pooling=cls:version=4.3.1');
  });

  it('groups texts by length and gives them back in order', async () => {
    const { load, calls } = fakeLibrary();
    const encoder = await openTransformersEncoder({ model: 'tiny', load, options: { batch: 2 } });
    const texts = ['aaaa', 'b', 'cc', 'ddddd', ''];
    const matrix = await encoder.encode(texts);
    expect(calls.slice(2).map((call) => call.texts)).toEqual([['ddddd', 'aaaa'], ['cc', 'b'], ['']]);
    expect([...matrix.data]).toEqual([...(await teacher.encode(texts)).data]);
  });

  it('frees the model', async () => {
    const { load, disposed } = fakeLibrary();
    await (await openTransformersEncoder({ model: 'tiny', load })).dispose?.();
    expect(disposed()).toBe(1);
  });

  it('says how to install what is absent', async () => {
    const load = () => Promise.reject(new Error('Cannot find package'));
    await expect(openTransformersEncoder({ model: 'tiny', load })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      hint: expect.stringMatching(/npm install @huggingface\/transformers.*ONNXRUNTIME_NODE_INSTALL=skip/) as string,
    });
    await expect(openTransformersEncoder({ model: 'tiny', load: async () => ({}) })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
  });

  it('refuses another version than the vectors were made with', async () => {
    const { load } = fakeLibrary();
    await expect(openTransformersEncoder({ model: 'tiny', load, options: { version: '4.0.0' } })).rejects.toMatchObject(
      {
        code: 'UNSUPPORTED',
      },
    );
  });

  it.each<[string, string, (output: { dims: number[]; data: Float32Array }) => unknown]>([
    ['NaN', 'tiny', ({ dims, data }) => ({ dims, data: data.map(() => NaN) })],
    ['a row too few', 'tiny', ({ dims, data }) => ({ dims: [dims[0]! - 1, dims[1]!], data })],
    ['token vectors instead of a text vector', 'tiny', ({ data }) => ({ dims: [1, 1, data.length], data })],
    ['something else', 'tiny', () => 'hello'],
    ['an unknown model', 'absent', (output) => output],
  ])('fails on %s', async (_, model, change) => {
    await expect(openTransformersEncoder({ model, load: fakeLibrary(change).load })).rejects.toMatchObject({
      code: 'ENCODER_FAILED',
    });
  });
});
