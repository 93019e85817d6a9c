/** The few things taken from the host process; in a browser there is none. */

type Listener = NodeJS.UncaughtExceptionListener | NodeJS.UnhandledRejectionListener;

const host = (): NodeJS.Process | undefined => (typeof process === 'undefined' ? undefined : process);

export const isNode = (): boolean => typeof host()?.versions?.node === 'string';

export const processEnv = (): Readonly<Record<string, string | undefined>> => host()?.env ?? {};

/** TensorFlow.js 4.22 calls this function, which Node 23 removed (tensorflow/tfjs#8609). Only native bindings need it. */
export function restoreIsNullOrUndefined(): void {
  const util = host()?.getBuiltinModule?.('node:util');
  if (util !== undefined && !('isNullOrUndefined' in util))
    Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined });
}

/**
 * Runs `open` and takes away the process handlers that the emscripten loader of the wasm backend installs:
 * they rethrow every error of the whole process from an unrelated line. Told by their source, so that handlers which
 * someone else adds meanwhile stay.
 */
export async function withoutEmscriptenHandlers<T>(open: () => Promise<T>): Promise<T> {
  const process = host();
  if (process === undefined || typeof process.listeners !== 'function') return open();
  const before = new Set<Listener>([
    ...process.listeners('uncaughtException'),
    ...process.listeners('unhandledRejection'),
  ]);
  const isTheirs = (listener: Listener) => !before.has(listener) && /ExitStatus|throw reason/.test(String(listener));
  try {
    return await open();
  } finally {
    for (const listener of process.listeners('uncaughtException'))
      if (isTheirs(listener)) process.removeListener('uncaughtException', listener);
    for (const listener of process.listeners('unhandledRejection'))
      if (isTheirs(listener)) process.removeListener('unhandledRejection', listener);
  }
}
