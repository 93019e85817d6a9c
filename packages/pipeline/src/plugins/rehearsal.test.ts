import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { rehearse } from './rehearsal.js';
import { byPerson } from './trust.js';

describe('a plugin that is loaded for the first time', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  it('and never finishes is reported', async () => {
    const stuck = join(folder.path, 'stuck.mjs');
    writeFileSync(stuck, 'for (;;);');
    await expect(rehearse(byPerson(stuck), folder.path, 2)).rejects.toMatchObject({
      code: 'PLUGIN_FAILED',
      message: expect.stringContaining('stuck.mjs could not be loaded: it gave no sign of life') as string,
    });
  });
});
