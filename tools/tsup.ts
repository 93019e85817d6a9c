import { defineConfig, type Options } from 'tsup';

/** Every package builds alike: ESM + CJS + types for both, nothing bundled that is a dependency. */
export const packageBuild = (entry: Record<string, string>, extra: Options = {}) =>
  defineConfig({
    entry,
    format: ['esm', 'cjs'],
    dts: true,
    sourcemap: false,
    clean: true,
    splitting: true,
    treeshake: true,
    target: 'node20',
    outDir: 'dist',
    ...extra,
  });
