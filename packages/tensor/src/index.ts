export { activate, createRuntime } from './runtime/runtime.js';
export { BACKENDS } from './runtime/types.js';
export type { Attempt, BackendName, Runtime, RuntimeOptions, TensorFlow } from './runtime/types.js';
