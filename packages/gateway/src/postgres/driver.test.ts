import { expect, it, vi } from 'vitest';
import { openPostgres } from './open-postgres.js';

vi.mock('pg', () => {
  throw new Error("Cannot find package 'pg'");
});

it('says what to install where pg is missing', async () => {
  await expect(openPostgres({ connection: 'postgres://u:canary@127.0.0.1/x' })).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    message: 'the package pg, which talks to Postgres, is not installed',
    hint: expect.stringContaining('npm install pg') as string,
  });
});
