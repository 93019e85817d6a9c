import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { routingFileSchema } from '@routeprofile/schema';
import { codeSandboxStatus, openCodeSandbox } from '../sandbox/sandbox.js';
import { labelAgreement } from './agreement.js';
import { rescoreRows } from './rescore.js';

const folder = join(process.env['ROUTEPROFILE_DATA'] ?? '', 'routeprofile', 'route_data');
const here =
  process.env['ROUTEPROFILE_DATA'] !== undefined && existsSync(join(folder, 'routing_dev_data_regraded.json'));
const { ok } = await codeSandboxStatus();
const read = (name: string) => routingFileSchema.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));

describe.runIf(here && ok)('code rows of the published data', () => {
  it('get the labels of the reference grading, at least 98 in 100', async () => {
    const { rows } = await rescoreRows(read('routing_dev_data.json'), {
      tasks: ['mbpp', 'human_eval'],
      openSandbox: () => openCodeSandbox(),
    });
    const { perTask, disagreements } = labelAgreement(rows, read('routing_dev_data_regraded.json'));
    expect(
      perTask.filter(({ task }) => !['mbpp', 'human_eval'].includes(task)).every((t) => t.equal === t.labels),
    ).toBe(true);
    const code = perTask.filter(({ task }) => ['mbpp', 'human_eval'].includes(task));
    expect(code.map(({ labels }) => labels)).toEqual([200, 200]);
    // Known: an answer that uses `re` without importing it, right by the reference, and one at the edge of the limits.
    expect(disagreements.length, JSON.stringify(disagreements)).toBeLessThanOrEqual(8);
  });
});
