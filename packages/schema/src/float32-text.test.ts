import fc from 'fast-check';
import { expect, it } from 'vitest';
import { float32Of, float32Text } from './float32-text.js';

it('numbers come back with every bit', () => {
  fc.assert(
    fc.property(fc.float32Array(), (values) => {
      expect(float32Of(atob(float32Text(values)))).toEqual(values);
    }),
  );
  expect(float32Text(Float32Array.of(1))).toBe('AACAPw==');
});

it('bytes that are not a whole number are not read', () => {
  expect(float32Of(`${atob('AACAPw==')}abc`)).toEqual(Float32Array.of(1));
});
