import { describe, expect, it } from 'vitest';
import { RouteProfileError } from '@routeprofile/schema';
import { createRuntime } from '../index.js';

describe('createRuntime', () => {
  it('trains', async () => {
    for (const backend of ['embedded', 'wasm', 'cpu'] as const) {
      const { tf, attempts } = await createRuntime({ backend });
      expect(attempts).toHaveLength(1);
      const g = tf.grad((x) => tf.sum(tf.square(x)))(tf.tensor1d([1, 2, 3]));
      expect([...g.dataSync()]).toEqual([2, 4, 6]);
    }
    await expect(createRuntime({ backend: 'tfjs-node' })).rejects.toSatisfy(
      (e) => RouteProfileError.isInstance(e) && e.code === 'BACKEND_UNAVAILABLE',
    );
  });
});
