import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter } from 'vitest/node';
import { defineConfig, type TestProjectInlineConfiguration, type ViteUserConfig } from 'vitest/config';

const FOLDER = '.vitest';

/** Writes down what failed outside of any test, which the report of JSON leaves out: a promise that nobody waited for, for one. */
const unhandledErrors: Reporter = {
  onTestRunEnd(_modules, errors) {
    const file = join(FOLDER, 'errors.json');
    rmSync(file, { force: true });
    if (errors.length === 0) return;
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, JSON.stringify(errors.map(({ message, stack }) => stack ?? message)));
  },
};

/**
 * Every package tests alike: beside the code, with a report that `tools/test.mjs` sums. `isolate: false` is for packages whose modules
 * hold no state: their test files then share what is loaded, and loading it again for each of them was half of their time.
 */
export const packageTests = (
  extra: TestProjectInlineConfiguration['test'] = {},
  plugins: NonNullable<ViteUserConfig['plugins']> = [],
) =>
  defineConfig({
    plugins,
    test: {
      include: ['src/**/*.test.ts'],
      reporters: ['default', ['json', { outputFile: `${FOLDER}/report.json` }], unhandledErrors],
      testTimeout: 300_000,
      hookTimeout: 300_000,
      ...extra,
    },
  });
