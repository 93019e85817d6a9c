import { describeProfileIndexContract } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { approximateProfileIndex } from './approximate.js';
import { exactProfileIndex } from './exact.js';

const runner = { describe, it, expect };
describeProfileIndexContract(runner, exactProfileIndex);
describeProfileIndexContract(runner, exactProfileIndex, { options: { metric: 'dot' }, metric: 'dot', tolerance: 1e-4 });
describeProfileIndexContract(runner, approximateProfileIndex, { tolerance: 1e-4 });
describeProfileIndexContract(runner, approximateProfileIndex, {
  options: { metric: 'dot' },
  metric: 'dot',
  tolerance: 1e-3,
});
describeProfileIndexContract(runner, approximateProfileIndex, {
  options: { scanned: 60, lists: 12 },
  tolerance: 1e-4,
  recall: 0.9,
});
