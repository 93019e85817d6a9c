import { registerEmbeddedBackend } from '../kernels/register.js';
import { withoutEmscriptenHandlers } from './process.js';
import { unwrapTensorFlow } from './native.js';
import type { TensorFlow } from './types.js';

/** tfjs-core with the gradients of its operations. */
async function openCore(): Promise<TensorFlow> {
  const tf = unwrapTensorFlow(await import('@tensorflow/tfjs-core'));
  if (tf === undefined) throw new Error('@tensorflow/tfjs-core is not the package expected');
  if (tf.getGradient('Sum') === undefined) await import('./gradients.js');
  return tf;
}

async function activateBackend(tf: TensorFlow, name: string): Promise<void> {
  if (!(await tf.setBackend(name))) throw new Error(`TensorFlow.js could not start its backend '${name}'`);
}

export async function openCpu(): Promise<{ tf: TensorFlow; reason: string }> {
  const tf = await openCore();
  await import('@tensorflow/tfjs-backend-cpu');
  await activateBackend(tf, 'cpu');
  // The backend greets on standard error at the first tensor; this flag is its own note that it has done so.
  if (Reflect.get(tf.backend(), 'firstUse') === true) Reflect.set(tf.backend(), 'firstUse', false);
  return { tf, reason: 'plain JavaScript' };
}

export async function openWasm(): Promise<{ tf: TensorFlow; reason: string }> {
  const tf = await openCore();
  await withoutEmscriptenHandlers(async () => {
    await import('@tensorflow/tfjs-backend-wasm');
    await activateBackend(tf, 'wasm');
  });
  return { tf, reason: 'WebAssembly as shipped' };
}

/**
 * A backend of its own name over the same WebAssembly instance: it starts with the shipped kernels and replaces some.
 * Both names stay usable, and tensors pass from one to the other without a copy.
 */
export async function openEmbedded(): Promise<{ tf: TensorFlow; reason: string }> {
  const { tf } = await openWasm();
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) throw new Error('this engine has no WebAssembly SIMD');
  const { BackendWasm } = await import('@tensorflow/tfjs-backend-wasm');
  const shared = tf.backend();
  if (!(shared instanceof BackendWasm)) throw new Error("another package has replaced the backend 'wasm'");
  await registerEmbeddedBackend(tf, shared);
  await activateBackend(tf, 'embedded');
  return { tf, reason: 'WebAssembly with the kernels of @routeprofile/tensor' };
}
