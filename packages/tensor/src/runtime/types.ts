/** TensorFlow.js, whichever package it came from. */
export type TensorFlow = typeof import('@tensorflow/tfjs-core');

/**
 * - `tfjs-node-gpu`, `tfjs-node`: TensorFlow's native library, if the user installed it
 * - `embedded`: the WebAssembly backend with this package's own kernels
 * - `wasm`: the WebAssembly backend as shipped
 * - `cpu`: plain JavaScript; slow, for comparison
 */
export const BACKENDS = ['tfjs-node-gpu', 'tfjs-node', 'embedded', 'wasm', 'cpu'] as const;
/** A backend by name; see `BACKENDS`. */
export type BackendName = (typeof BACKENDS)[number];

/** One backend that was tried, and how it went. */
export interface Attempt {
  name: BackendName;
  /** Whether it opened. */
  ok: boolean;
  /** Why it is in use, or why it cannot be had. */
  reason: string;
}

/**
 * An open backend. TensorFlow.js has one active backend per process: opening another one makes that one active,
 * `activate` goes back.
 */
export interface Runtime {
  tf: TensorFlow;
  backend: BackendName;
  /** Everything tried on the way, in order; the last one is in use. */
  attempts: readonly Attempt[];
}

/** Which backend `createRuntime` opens. */
export interface RuntimeOptions {
  /** A backend, or `auto` for the first of `BACKENDS` that can be had. Default: ROUTEPROFILE_BACKEND, else `auto`. */
  backend?: BackendName | 'auto';
  /** Where ROUTEPROFILE_BACKEND is read. Default: the process's environment. */
  env?: Readonly<Record<string, string | undefined>>;
  /** How optional packages are imported. For tests and bundlers. */
  load?: (specifier: string) => Promise<unknown>;
}
