import { describe, expect, inject, it } from 'vitest';
import { describeStateStore } from '../testing/state-store-contract.js';
import { openPostgres } from './open-postgres.js';

const connection = inject('postgres');

describe.runIf(connection)('a store in Postgres', () => {
  let schemas = 0;
  for (const leaseShare of [0.01, 0])
    describeStateStore({ describe, it, expect }, `openPostgres, a lease of ${leaseShare * 100} %`, {
      create: (now) => openPostgres({ connection: connection ?? '', schema: `contract_${++schemas}`, now, leaseShare }),
    });
});
