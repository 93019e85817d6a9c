import { build } from 'tsup';
import { ENTRIES } from './tsup.entries.js';

/** Builds the package, without types, into `.vitest/build` for tests that start threads or processes. */
export default async function setup(): Promise<void> {
  await build({
    config: false,
    entry: ENTRIES,
    format: ['esm', 'cjs'],
    outDir: '.vitest/build',
    target: 'node20',
    splitting: true,
    shims: true,
    clean: true,
    silent: true,
  });
}
