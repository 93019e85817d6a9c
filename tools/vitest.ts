import { defineConfig, type TestProjectInlineConfiguration, type ViteUserConfig } from 'vitest/config';

/** Every package tests alike: beside the code, with a report that `tools/test.mjs` sums. */
export const packageTests = (
  extra: TestProjectInlineConfiguration['test'] = {},
  plugins: NonNullable<ViteUserConfig['plugins']> = [],
) =>
  defineConfig({
    plugins,
    test: {
      include: ['src/**/*.test.ts'],
      reporters: ['default', ['json', { outputFile: '.vitest/report.json' }]],
      testTimeout: 300_000,
      hookTimeout: 300_000,
      ...extra,
    },
  });
