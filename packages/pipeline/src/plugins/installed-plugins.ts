import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { PLUGIN_KEYWORD, z } from '@routeprofile/schema';

/** A package that calls itself a plugin by its keyword; nothing of it has been loaded. */
export interface InstalledPlugin {
  package: string;
  version: string;
  description: string;
  path: string;
}

const packageJson = z.looseObject({
  name: z.string(),
  version: z.string().default('0.0.0'),
  description: z.string().default(''),
  keywords: z.array(z.string()).default([]),
});

async function packagesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder).catch(() => []);
  const nested = await Promise.all(
    entries.map(async (entry) =>
      entry.startsWith('@')
        ? (await readdir(join(folder, entry)).catch(() => [])).map((name) => join(entry, name))
        : [entry],
    ),
  );
  return nested.flat().filter((name) => !name.startsWith('.'));
}

/** Packages with the plugin keyword in the node_modules folders from `from` upward. Nothing of theirs is run. */
export async function installedPlugins(from: string = process.cwd()): Promise<InstalledPlugin[]> {
  const found = new Map<string, InstalledPlugin>();
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules');
    for (const name of await packagesIn(modules)) {
      const file = join(modules, name, 'package.json');
      const text = await readFile(file, 'utf8').catch(() => undefined);
      if (text === undefined || !text.includes(PLUGIN_KEYWORD)) continue;
      let json: unknown;
      try {
        json = JSON.parse(text);
      } catch {
        continue; // not a package npm would install either
      }
      const parsed = packageJson.safeParse(json);
      if (!parsed.success || !parsed.data.keywords.includes(PLUGIN_KEYWORD) || found.has(parsed.data.name)) continue;
      found.set(parsed.data.name, {
        package: parsed.data.name,
        version: parsed.data.version,
        description: parsed.data.description,
        path: dirname(file),
      });
    }
    if (dirname(folder) === folder) break;
  }
  return [...found.values()].sort((a, b) => (a.package < b.package ? -1 : 1));
}
