import { RouteProfileError } from '@routeprofile/schema';
import { openCpu, openEmbedded, openWasm } from './bundled.js';
import { explainAbsence, openNative } from './native.js';
import { processEnv } from './process.js';
import {
  BACKENDS,
  type Attempt,
  type BackendName,
  type Runtime,
  type RuntimeOptions,
  type TensorFlow,
} from './types.js';

type Load = RuntimeOptions['load'];

function openBackend(name: BackendName, load: Load): Promise<{ tf: TensorFlow; reason: string }> {
  switch (name) {
    case 'tfjs-node-gpu':
    case 'tfjs-node':
      return openNative(name, load);
    case 'embedded':
      return openEmbedded();
    case 'wasm':
      return openWasm();
    case 'cpu':
      return openCpu();
  }
}

function whyNot(name: BackendName, error: unknown): string {
  if (name === 'tfjs-node' || name === 'tfjs-node-gpu') return explainAbsence(name, error);
  return error instanceof Error ? error.message : String(error);
}

const isBackend = (name: string): name is BackendName => BACKENDS.some((known) => known === name);

function requestedBackend(options: RuntimeOptions): BackendName | 'auto' {
  const variable = (options.env ?? processEnv())['ROUTEPROFILE_BACKEND'];
  const name: string = options.backend ?? (variable === undefined || variable === '' ? 'auto' : variable);
  if (name === 'auto' || isBackend(name)) return name;
  throw new RouteProfileError('BAD_OPTION', `there is no backend '${name}'`, {
    hint: `Choose one of auto, ${BACKENDS.join(', ')}${options.backend === undefined ? ' in ROUTEPROFILE_BACKEND' : ''}.`,
  });
}

async function open(requested: BackendName | 'auto', load: Load): Promise<Runtime> {
  const attempts: Attempt[] = [];
  let cause: unknown;
  for (const name of requested === 'auto' ? BACKENDS : [requested]) {
    try {
      const { tf, reason } = await openBackend(name, load);
      attempts.push({ name, ok: true, reason });
      return { tf, backend: name, attempts };
    } catch (error) {
      cause = error;
      attempts.push({ name, ok: false, reason: whyNot(name, error) });
    }
  }
  const account = attempts.map(({ name, reason }) => `${name}: ${reason}`);
  throw new RouteProfileError('BACKEND_UNAVAILABLE', `no tensor backend to compute with (${account.join('; ')})`, {
    hint: requested.startsWith('tfjs-node')
      ? `Install it with \`npm install @tensorflow/${requested}\`, or leave the choice to \`auto\`.`
      : 'Choose another backend, or leave the choice to `auto`.',
    details: account,
    cause,
  });
}

/** Open runtimes of this process by what was asked for, and the one in use: TensorFlow.js itself is such a global. */
const opened = new Map<string, Promise<Runtime>>();
let current: Promise<Runtime> | undefined;

/**
 * Opens a tensor backend and makes it the active one; nothing is loaded or registered before the first call.
 * Without options: the runtime in use, else as ROUTEPROFILE_BACKEND says, else `auto`, the first of `BACKENDS` that can be had.
 * @throws RouteProfileError BAD_OPTION for an unknown name, BACKEND_UNAVAILABLE when it cannot be had.
 */
export async function createRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  const { backend, env, load } = options;
  if (current !== undefined && backend === undefined && env === undefined && load === undefined) return current;
  const requested = requestedBackend(options);
  if (load !== undefined) return open(requested, load);
  const promise = opened.get(requested) ?? open(requested, undefined);
  opened.set(requested, promise);
  current = promise;
  try {
    const runtime = await promise;
    await activate(runtime);
    return runtime;
  } catch (error) {
    if (opened.get(requested) === promise) opened.delete(requested);
    if (current === promise) current = undefined;
    throw error;
  }
}

/** Makes the runtime's backend the active one of the process again. Tensors of another native library do not follow. */
export async function activate(runtime: Runtime): Promise<void> {
  const name = runtime.backend.startsWith('tfjs-node') ? 'tensorflow' : runtime.backend;
  if (runtime.tf.getBackend() !== name) await runtime.tf.setBackend(name);
  current = Promise.resolve(runtime);
}
