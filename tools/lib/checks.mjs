// A list of named checks, run one after another; each prints a line, the last line sums them.

export class Checks {
  passed = 0;
  failed = 0;

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
      console.log(`FAIL ${name}: ${error.message}`);
    }
  }

  /** Prints the sum and gives the exit code. */
  end() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed === 0 ? 0 : 1;
  }
}

export function assert(condition, message) {
  if (!condition) throw new Error(message);
}
