import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { removeLeftovers } from './leftovers.js';

describe('what a killed run leaves', () => {
  it('is removed where runs write, once it is old; all else stays', async () => {
    const folder = temporaryFolder();
    try {
      const hour = 3600;
      const at = (path: string, age: number) => {
        const file = join(folder.path, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, '');
        const time = Date.now() / 1000 - age;
        utimesSync(file, time, time);
        return file;
      };
      const old = [
        '.report.json.0123456789ab.tmp',
        'cells/.a.json.0123456789ab.tmp',
        'routers/flat.sim.seed42/.weights.npz.0123456789ab.tmp',
        'kept/routers/abc/.router.json.0123456789ab.tmp',
        'kept/profiles/.abc.npz.0123456789ab.tmp',
        'store/ab/.cdef.0123456789ab.tmp',
      ].map((path) => at(path, hour));
      const stays = [
        at('cells/.b.json.0123456789ab.tmp', 5),
        at('cells/a.json', hour),
        at('notes.tmp', hour),
        at('.mine.tmp', hour),
        at('elsewhere/.a.json.0123456789ab.tmp', hour),
      ];
      expect(await removeLeftovers(folder.path)).toBe(old.length);
      expect(old.filter((file) => existsSync(file))).toEqual([]);
      expect(stays.filter((file) => !existsSync(file))).toEqual([]);
      expect(await removeLeftovers(join(folder.path, 'nowhere'))).toBe(0);
    } finally {
      folder.remove();
    }
  });
});
