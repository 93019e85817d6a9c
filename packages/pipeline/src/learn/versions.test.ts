import { mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { alone, rollBack } from './versions.js';

const folder = temporaryFolder();
afterAll(() => folder.remove());

it('nothing is rolled back while another learns, who would put what it found in its place', async () => {
  const out = folder.path;
  for (const version of ['0001', '0002']) mkdirSync(join(out, 'versions', version), { recursive: true });
  symlinkSync(join('versions', '0002'), join(out, 'current'));
  writeFileSync(join(out, 'learn.json'), JSON.stringify({ version: 1, served: [1, 2], hashes: ['a', 'b'], looks: [] }));
  await alone(out, async () => {
    await expect(rollBack(out)).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  });
  expect(readlinkSync(join(out, 'current'))).toContain('0002');
  expect(await rollBack(out)).toEqual({ from: 2, to: 1 });
  expect(JSON.parse(readFileSync(join(out, 'learn.json'), 'utf8'))).toMatchObject({ served: [1] });
});
