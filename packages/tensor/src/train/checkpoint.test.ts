import { RouteProfileError } from '@routeprofile/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packCheckpoint, unpackCheckpoint } from '../index.js';

describe('checkpoints', () => {
  it('come back bit for bit, whatever the names, shapes and numbers', () => {
    const array = fc
      .array(fc.nat(4), { maxLength: 3 })
      .chain((shape) =>
        fc
          .float32Array({ minLength: shape.reduce((a, b) => a * b, 1), maxLength: shape.reduce((a, b) => a * b, 1) })
          .map((data) => ({ shape, data })),
      );
    const name = fc.string({ minLength: 1 }).filter((text) => text !== '__metadata__' && text !== '__proto__');
    fc.assert(
      fc.property(
        fc.dictionary(name, array),
        fc.dictionary(
          fc.string().filter((t) => t !== '__proto__'),
          fc.string(),
        ),
        (weights, notes) => {
          const back = unpackCheckpoint(packCheckpoint(weights, notes));
          expect(Object.keys(back.weights).sort()).toEqual(Object.keys(weights).sort());
          for (const [key, { shape, data }] of Object.entries(weights)) {
            expect(back.weights[key]!.shape).toEqual(shape);
            expect(Buffer.from(back.weights[key]!.data.buffer)).toEqual(Buffer.from(data.slice().buffer));
          }
          expect({ ...back.notes }).toEqual({ ...notes });
        },
      ),
    );
  });

  it('come back from bytes that are a part of a larger memory, such as a Buffer of Node', () => {
    const weights = {
      v: { shape: [3], data: Float32Array.of(3, 4, 5) },
      w: { shape: [2, 2], data: Float32Array.of(1, 2, 6, 7) },
    };
    const bytes = packCheckpoint(weights, { epoch: '3' });
    for (let offset = 0; offset < 9; offset++) {
      const pool = Buffer.alloc(bytes.length + 64, 0xff);
      pool.set(bytes, offset);
      const back = unpackCheckpoint(pool.subarray(offset, offset + bytes.length));
      expect(back).toEqual({ weights, notes: { epoch: '3' } });
    }
  });

  it('refuse what was cut short or tampered with', () => {
    const whole = packCheckpoint({ a: { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) } }, { epoch: '3' });
    for (let length = 0; length < whole.length; length += 3) {
      let error: unknown;
      try {
        unpackCheckpoint(whole.slice(0, length));
      } catch (caught) {
        error = caught;
      }
      expect(RouteProfileError.isInstance(error) && error.code).toBe('CORRUPT_FILE');
    }
  });
});
