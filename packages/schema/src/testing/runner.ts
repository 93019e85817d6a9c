/** The few matchers the suites use; those of vitest and jest fit. */
export interface Matchers {
  toBe(expected: unknown): void;
  toEqual(expected: unknown): void;
  toBeLessThan(expected: number): void;
  toBeGreaterThan(expected: number): void;
}

/** A test runner, handed in, so that this package needs none. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: (name: string, body: () => Promise<void> | void) => void;
  readonly expect: (value: unknown, message?: string) => Matchers;
}
