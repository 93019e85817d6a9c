import { expect } from 'vitest';
import type { TestRunner } from './runner.js';

/** Runs a suite and gives the names of the tests that fail. */
export async function failingTests(suite: (runner: TestRunner) => void): Promise<string[]> {
  const tests: [string, () => Promise<void> | void][] = [];
  suite({ describe: (_, body) => body(), it: (name, body) => void tests.push([name, body]), expect });
  const failed: string[] = [];
  for (const [name, body] of tests) {
    try {
      await body();
    } catch {
      failed.push(name);
    }
  }
  return failed;
}
