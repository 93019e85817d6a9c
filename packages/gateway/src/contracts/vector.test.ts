import { expect, it } from 'vitest';
import { vectorOf, vectorText } from './vector.js';

it('a vector is text and back, bit for bit', () => {
  const vector = Float32Array.from([0, -0, 1, -1.5, Math.fround(0.1), 3.4e38, 1e-45]);
  expect(vectorText(Float32Array.of(1))).toBe('AACAPw==');
  expect(vectorOf(vectorText(vector))).toEqual(vector);
  expect(vectorOf('')).toEqual(new Float32Array());
});

it.each([
  ['AACA', 'has 3 bytes'],
  ['no base64!', 'is not base64'],
  [vectorText(Float32Array.of(NaN)), 'not finite'],
])('%s is not a vector', (text, message) => {
  expect(() => vectorOf(text)).toThrow(message);
});
