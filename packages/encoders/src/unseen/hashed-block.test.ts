import { describeEncoderContract } from '@routeprofile/schema/testing';
import { createMatrix, rowOf, type Encoder, type Matrix } from '@routeprofile/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useLiteFiles } from '../node/use-lite-files.js';
import { openUseLiteEncoder } from '../use-lite/encoder.js';
import { appendHashedBlock, HASHED_DIMENSIONS } from './hashed-block.js';

const files = useLiteFiles();
const hashed = HASHED_DIMENSIONS;
const open = () => openUseLiteEncoder({ files, hashed });

describeEncoderContract({ describe, it, expect }, 'use-lite-hash', open);
describeEncoderContract({ describe, it, expect }, 'use-lite-hash, texts it cannot read', open, {
  texts: [
    '今天天气怎么样？',
    '明天天气怎么样？',
    'วันนี้อากาศดี',
    'พรุ่งนี้ฝนตก',
    '🦊🦉',
    '🦉🦊🦊',
    'Какая погода?',
    'weather 今天',
  ],
});

const cosine = (matrix: Matrix, i: number, j: number) => {
  const other = rowOf(matrix, j);
  return rowOf(matrix, i).reduce((sum, x, d) => sum + x * other[d]!, 0);
};

describe('use-lite-hash', () => {
  let plain: Encoder;
  let encoder: Encoder;
  beforeAll(async () => {
    plain = await openUseLiteEncoder({ files });
    encoder = await open();
  });
  afterAll(async () => {
    await plain.dispose?.();
    await encoder.dispose?.();
  });

  it('has the vectors of use-lite, bit for bit, and zeros behind them, where every piece is known', async () => {
    const texts = ['', ' ', 'What is 2 + 2?', 'a\n\nb', 'def f(x):\n    return {"a": x}', 'why '.repeat(300)];
    const [ours, theirs] = [await encoder.encode(texts), await plain.encode(texts)];
    expect(ours.cols).toBe(theirs.cols + hashed);
    for (let i = 0; i < texts.length; i++) {
      expect(rowOf(ours, i).slice(0, theirs.cols)).toEqual(rowOf(theirs, i).slice());
      expect(rowOf(ours, i).slice(theirs.cols)).toEqual(new Float32Array(hashed));
    }
  });

  it('has unit vectors, without the part of use-lite where no piece is known', async () => {
    const texts = ['你好世界', 'สวัสดี', '🦊', 'translate 你好 please', 'the Straße here'];
    const matrix = await encoder.encode(texts);
    for (let i = 0; i < texts.length; i++) expect(cosine(matrix, i, i)).toBeCloseTo(1, 5);
    for (const i of [0, 1, 2])
      expect(
        rowOf(matrix, i)
          .subarray(0, plain.dimensions)
          .every((x) => x === 0),
      ).toBe(true);
  });

  it.each([
    ['Chinese', '请把这段话翻译成英文', '把这封信翻译成英文，谢谢', '计算三角形的面积'],
    ['Thai', 'ช่วยแปลข้อความนี้เป็นภาษาอังกฤษ', 'แปลจดหมายเป็นภาษาอังกฤษหน่อย', 'คำนวณพื้นที่ของสามเหลี่ยม'],
    ['Russian', 'Переведи этот текст на английский', 'Переведи письмо на английский язык', 'Вычисли площадь круга'],
    ['emoji', '🍕🍔🍟', '🍔🍕', '🚗🚕🚙'],
    ['a mixture', 'sort 列表 with Python', 'Python: sort 这个列表', 'Tell me a story about 狐狸'],
  ])('tells %s apart: texts that share words are nearer, which use-lite does not see', async (_, a, b, c) => {
    const matrix = await encoder.encode([a, b, c]);
    expect(cosine(matrix, 0, 1)).toBeGreaterThan(cosine(matrix, 0, 2) + 0.15);
    expect(cosine(matrix, 0, 2)).toBeLessThan(0.6);
  });

  it('agrees with its formula: the mean of both cosines, weighted by the unseen share', async () => {
    const [a, b] = ['ab 春天', 'cd 春夏'];
    const seen = await plain.encode([a, b]);
    const ours = await encoder.encode([a, b]);
    const alone = await encoder.encode(['春天', '春夏']);
    expect(cosine(ours, 0, 1)).toBeCloseTo(0.5 * cosine(seen, 0, 1) + 0.5 * cosine(alone, 0, 1), 5);
    expect([...(await encoder.unseen!([a, b]))]).toEqual([0.5, 0.5]);
    expect([...(await plain.unseen!([a, b]))]).toEqual([0.5, 0.5]);
  });

  it('has a vector even where all features meet and cancel', () => {
    // In one dimension the six n-grams of three letters cancel in a third of all cases.
    const letters = Array.from({ length: 10 }, (_, i) => String.fromCodePoint(0x4e00 + i));
    const words = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)));
    const none = createMatrix(words.length, 0);
    const { data } = appendHashedBlock(
      none,
      words.map((word) => ({ words: [word], share: 1 })),
      1,
    );
    expect(data.every((x) => Math.abs(x) === 1)).toBe(true);
  });
});
