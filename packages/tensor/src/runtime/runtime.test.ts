import { RouteProfileError } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { activate, createRuntime, type TensorFlow } from '../index.js';
import { explainAbsence } from './native.js';
import { withoutEmscriptenHandlers } from './process.js';

const failure = async (promise: Promise<unknown>): Promise<RouteProfileError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!RouteProfileError.isInstance(error)) throw new Error(`expected a RouteProfileError, got ${String(error)}`);
  return error;
};

const notFound = (specifier: string) =>
  Object.assign(new Error(`Cannot find package '${specifier}' imported from here`), { code: 'ERR_MODULE_NOT_FOUND' });
const withoutAddon = () => new Error('The Node.js native addon module (tfjs_binding.node) can not be found at path: x');

/** What @tensorflow/tfjs-node looks like from outside: TensorFlow.js with a backend named `tensorflow`. */
async function fakeNative(): Promise<TensorFlow> {
  const { tf } = await createRuntime({ backend: 'cpu' });
  const cpu = tf.backend();
  if (tf.findBackend('tensorflow') === null) {
    tf.copyRegisteredKernels('cpu', 'tensorflow');
    tf.registerBackend('tensorflow', () => cpu);
  }
  return tf;
}

describe('createRuntime', () => {
  it('loads and registers nothing before it is called', () => {
    expect(Reflect.has(globalThis, '_tfengine')).toBe(false);
  });

  it.each(['embedded', 'wasm', 'cpu'] as const)(
    'opens %s with gradients, and makes it the active one',
    async (backend) => {
      const runtime = await createRuntime({ backend });
      const { tf } = runtime;
      expect(tf.getBackend()).toBe(backend);
      expect(runtime.attempts).toEqual([{ name: backend, ok: true, reason: expect.any(String) as string }]);
      const gradient = tf.grad((x) => tf.sum(tf.square(x)))(tf.tensor1d([1, 2, 3]));
      expect([...gradient.dataSync()]).toEqual([2, 4, 6]);
      expect(await createRuntime()).toBe(runtime);
    },
  );

  it('falls through to the embedded backend, and says why', async () => {
    const load = (specifier: string) =>
      Promise.reject(specifier.endsWith('gpu') ? withoutAddon() : notFound(specifier));
    const { backend, attempts } = await createRuntime({ env: {}, load });
    expect(backend).toBe('embedded');
    expect(attempts.map(({ name, ok }) => [name, ok])).toEqual([
      ['tfjs-node-gpu', false],
      ['tfjs-node', false],
      ['embedded', true],
    ]);
    expect(attempts[0]!.reason).toMatch(/without its native library/);
    expect(attempts[1]!.reason).toBe('not installed');
  });

  it('prefers an installed native package, as a module or under `default`', async () => {
    const native = await fakeNative();
    const load = (specifier: string) =>
      specifier.endsWith('gpu') ? Promise.reject(notFound(specifier)) : Promise.resolve({ default: native });
    const { backend, tf } = await createRuntime({ env: {}, load });
    expect([backend, tf.getBackend()]).toEqual(['tfjs-node', 'tensorflow']);
    expect((await createRuntime({ env: {}, load: () => Promise.resolve(native) })).backend).toBe('tfjs-node-gpu');
    await createRuntime({ backend: 'cpu' });
  });

  it('reads ROUTEPROFILE_BACKEND, which an option overrides', async () => {
    expect((await createRuntime({ env: { ROUTEPROFILE_BACKEND: 'cpu' } })).backend).toBe('cpu');
    expect((await createRuntime({ backend: 'wasm', env: { ROUTEPROFILE_BACKEND: 'cpu' } })).backend).toBe('wasm');
  });

  it('refuses an unknown name and a backend that cannot be had', async () => {
    const unknown = await failure(createRuntime({ env: { ROUTEPROFILE_BACKEND: 'gpu' } }));
    expect(unknown.code).toBe('BAD_OPTION');
    expect(unknown.hint).toMatch(/embedded/);
    const absent = await failure(
      createRuntime({ backend: 'tfjs-node', load: (name) => Promise.reject(notFound(name)) }),
    );
    expect(absent.code).toBe('BACKEND_UNAVAILABLE');
    expect(absent.hint).toMatch(/npm install @tensorflow\/tfjs-node/);
    const strange = await failure(createRuntime({ backend: 'tfjs-node', load: () => Promise.resolve({}) }));
    expect(strange.message).toMatch(/not TensorFlow/);
  });

  it('does not mistake a missing dependency of a native package for its absence', () => {
    expect(explainAbsence('tfjs-node', notFound('@mapbox/node-pre-gyp'))).toMatch(/node-pre-gyp/);
  });

  it('goes back to an earlier runtime', async () => {
    const wasm = await createRuntime({ backend: 'wasm' });
    await createRuntime({ backend: 'embedded' });
    await activate(wasm);
    expect(wasm.tf.getBackend()).toBe('wasm');
    expect((await createRuntime()).backend).toBe('wasm');
  });

  it('passes tensors between wasm and embedded', async () => {
    const { tf } = await createRuntime({ backend: 'wasm' });
    const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    await createRuntime({ backend: 'embedded' });
    expect([...tf.matMul(x, x, true, false).dataSync()]).toEqual([10, 14, 14, 20]);
    x.dispose();
  });
});

describe('withoutEmscriptenHandlers', () => {
  it('removes the loader’s handlers and leaves everyone else’s', async () => {
    const before = process.listenerCount('uncaughtException');
    const mine = () => undefined;
    class ExitStatus {}
    await withoutEmscriptenHandlers(async () => {
      process.on('uncaughtException', mine);
      process.on('uncaughtException', (error) => {
        if (!(error instanceof ExitStatus)) throw error;
      });
    });
    expect(process.listeners('uncaughtException')).toContain(mine);
    expect(process.listenerCount('uncaughtException')).toBe(before + 1);
    process.removeListener('uncaughtException', mine);
  });
});
