// A list of named checks, run one after another; each prints a line, the last line sums them.
import { failureSummary } from './failures.mjs';

/** A check that failed in several ways, each with a name of its own. */
export class Failed extends Error {
  /** @param {import('./failures.mjs').Failure[]} failures */
  constructor(failures) {
    super(failures.map(({ name, message }) => `${name}: ${message}`).join('\n'));
    this.failures = failures;
  }
}

export class Checks {
  passed = 0;
  failed = 0;
  /** @type {import('./failures.mjs').Failure[]} what failed, for the end */
  failures = [];

  async check(name, body) {
    const started = performance.now();
    try {
      const detail = await body();
      this.passed++;
      console.log(
        `ok   ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)${detail ? `: ${detail}` : ''}`,
      );
    } catch (error) {
      this.failed++;
      this.failures.push(...(error instanceof Failed ? error.failures : [{ name, message: error.message }]));
      // Indented, so that it is seen where a message ends.
      console.log(`FAIL ${name}: ${error.message.replaceAll(/\n(?=\S)/g, '\n     ')}`);
    }
  }

  /** Prints the sum, and gives the exit code. @param {{ summary?: boolean }} options `summary`: what failed is said once more before it */
  end({ summary = false } = {}) {
    if (summary && this.failures.length > 0) console.log(failureSummary(this.failures));
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed === 0 ? 0 : 1;
  }
}

export function assert(condition, message) {
  if (!condition) throw new Error(message);
}
