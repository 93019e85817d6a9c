/** Ends a command with its exit code; commander's actions cannot return one. */
export class Exit extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

/** An action whose result is the exit code. */
export const ending =
  <A extends unknown[]>(action: (...args: A) => Promise<number>) =>
  async (...args: A): Promise<void> => {
    throw new Exit(await action(...args));
  };
