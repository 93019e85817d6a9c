import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    // Threads and child processes need JavaScript files: the package is built for them once, apart from dist.
    globalSetup: ['./vitest.build.ts'],
    reporters: ['default', ['json', { outputFile: '.vitest/report.json' }]],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
