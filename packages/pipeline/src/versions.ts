import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { z } from '@routeprofile/schema';

const manifest = z.looseObject({
  name: z.string(),
  version: z.string(),
  dependencies: z.record(z.string(), z.string()).default({}),
});

const readManifest = (path: string) => manifest.parse(JSON.parse(readFileSync(path, 'utf8')));

/** This package and the RouteProfile packages it runs with, by name. */
export function packageVersions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  const own = readManifest(require.resolve('../package.json'));
  const versions: Record<string, string> = { [own.name]: own.version };
  for (const name of Object.keys(own.dependencies).sort())
    if (name.startsWith('@routeprofile/'))
      versions[name] = readManifest(require.resolve(`${name}/package.json`)).version;
  return versions;
}
