import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

/** Every package tests alike: beside the code, with a report that `tools/test.mjs` sums. */
export const packageTests = (extra: TestProjectInlineConfiguration['test'] = {}) =>
  defineConfig({
    test: {
      include: ['src/**/*.test.ts'],
      reporters: ['default', ['json', { outputFile: '.vitest/report.json' }]],
      testTimeout: 300_000,
      hookTimeout: 300_000,
      ...extra,
    },
  });
