import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { z } from '@routeprofile/schema';

const manifest = z.looseObject({
  name: z.string(),
  version: z.string(),
  dependencies: z.record(z.string(), z.string()).default({}),
});

/**
 * This package and the RouteProfile packages it runs with, by name: those that it imports, those that they import, and so on, since
 * each of them has a part in a result.
 */
export function packageVersions(): Record<string, string> {
  const found = new Map<string, string>();
  const add = (path: string): void => {
    const { name, version, dependencies } = manifest.parse(JSON.parse(readFileSync(path, 'utf8')));
    if (found.has(name)) return;
    found.set(name, version);
    // Each package resolves its own: where packages are kept apart, this one does not see those of others.
    const require = createRequire(path);
    for (const dependency of Object.keys(dependencies))
      if (dependency.startsWith('@routeprofile/')) add(require.resolve(`${dependency}/package.json`));
  };
  const own = createRequire(import.meta.url).resolve('../package.json');
  add(own);
  const [first, ...others] = [...found];
  return Object.fromEntries(first ? [first, ...others.sort(([a], [b]) => (a < b ? -1 : 1))] : []);
}
