import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { packageVersions } from './versions.js';

it('names every package that has a part in a result, also those that only others import', () => {
  const versions = packageVersions();
  const folders = readdirSync(fileURLToPath(new URL('../../', import.meta.url)));
  // The command, and what serves results but makes none.
  const apart = ['cli', 'gateway', 'ai-sdk'];
  expect(Object.keys(versions).sort()).toEqual(
    folders
      .filter((name) => !apart.includes(name))
      .map((name) => `@routeprofile/${name}`)
      .sort(),
  );
  expect(Object.keys(versions)[0]).toBe('@routeprofile/pipeline');
  expect(Object.values(versions).every((version) => /^\d+\.\d+\.\d+/.test(version))).toBe(true);
});
