import { expect, it } from 'vitest';
import { plural } from './printing.js';

it('counts in words a person would use', () => {
  expect([plural(0, 'problem'), plural(1, 'problem'), plural(2, 'problem')]).toEqual([
    '0 problems',
    '1 problem',
    '2 problems',
  ]);
  expect([plural(1, 'query has', 'queries have'), plural(1200, 'query has', 'queries have')]).toEqual([
    '1 query has',
    '1,200 queries have',
  ]);
});
