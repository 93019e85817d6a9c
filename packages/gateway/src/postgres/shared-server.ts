import type { TestProject } from 'vitest/node';
import { hasPostgres, startPostgres } from '../../../../tools/postgres.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the Postgres that tests share, each with a schema of its own; null where none is installed. */
    postgres: string | null;
  }
}

/** Starts the Postgres that tests share. @returns what ends it */
export default async function setUp({ provide }: TestProject): Promise<() => Promise<void>> {
  const server = hasPostgres() ? await startPostgres() : undefined;
  provide('postgres', server?.url ?? null);
  return async () => server?.remove();
}
