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
