import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPostgres, startPostgres, type TestPostgres } from '../../../../tools/postgres.js';
import { describeStateStore } from '../testing/state-store-contract.js';
import { openPostgres } from './open-postgres.js';

describe.runIf(hasPostgres())('a store in Postgres', () => {
  let server: TestPostgres;
  beforeAll(async () => void (server = await startPostgres()));
  afterAll(() => server?.remove());
  let schemas = 0;
  for (const leaseShare of [0.01, 0])
    describeStateStore({ describe, it, expect }, `openPostgres, a lease of ${leaseShare * 100} %`, {
      create: (now) => openPostgres({ connection: server.url, schema: `contract_${++schemas}`, now, leaseShare }),
    });
});
