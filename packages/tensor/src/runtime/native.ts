import { isNode, restoreIsNullOrUndefined } from './process.js';
import type { TensorFlow } from './types.js';

export type NativeName = 'tfjs-node-gpu' | 'tfjs-node';

// A variable specifier: bundlers and the type checker must not look for an optional package.
const importPackage = (specifier: string): Promise<unknown> =>
  import(/* @vite-ignore */ /* webpackIgnore: true */ specifier);

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

function isTensorFlow(value: unknown): value is TensorFlow {
  return (
    typeof value === 'object' &&
    value !== null &&
    'setBackend' in value &&
    typeof value.setBackend === 'function' &&
    'tidy' in value &&
    typeof value.tidy === 'function'
  );
}

/** The module itself: ES interop puts a CommonJS module under `default`. */
export function unwrapTensorFlow(module: unknown): TensorFlow | undefined {
  if (typeof module === 'object' && module !== null && 'default' in module && isTensorFlow(module.default))
    return module.default;
  return isTensorFlow(module) ? module : undefined;
}

/** Why an optional native package cannot be had, in words for people. */
export function explainAbsence(name: NativeName, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? firstLine(error.message) : String(error);
  if (code.endsWith('MODULE_NOT_FOUND') && message.includes(`@tensorflow/${name}`)) return 'not installed';
  if (message.includes('native addon module'))
    return 'installed without its native library (its install script did not run)';
  return message;
}

/** Imports a native package and makes its backend active. Throws what the package throws. */
export async function openNative(
  name: NativeName,
  load: ((specifier: string) => Promise<unknown>) | undefined,
): Promise<{ tf: TensorFlow; reason: string }> {
  if (load === undefined && !isNode()) throw new Error('needs Node.js');
  restoreIsNullOrUndefined();
  const tf = unwrapTensorFlow(await (load ?? importPackage)(`@tensorflow/${name}`));
  if (tf === undefined) throw new Error('the module is not TensorFlow.js');
  if (!(await tf.setBackend('tensorflow'))) throw new Error("its backend 'tensorflow' does not start");
  const backend: object = tf.backend();
  const noGpu = name === 'tfjs-node-gpu' && Reflect.get(backend, 'isUsingGpuDevice') === false;
  return { tf, reason: noGpu ? 'installed, but it sees no GPU and computes on the CPU' : 'installed' };
}
