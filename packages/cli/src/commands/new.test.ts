import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createJiti } from 'jiti';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z, type Plugin } from '@routeprofile/schema';
import { importPlugin, packageVersions } from '@routeprofile/pipeline';
import { PLUGIN_KINDS, type PluginKind } from '../scaffold/template.js';
import { folderOf, packageNameSchema } from '../scaffold/package-name.js';
import { pluginFiles } from '../scaffold/plugin-files.js';
import { routeprofile, temporaryFolder } from '../testing/harness.js';
import { newCommand } from './new.js';

const manifest = z.looseObject({
  name: z.string(),
  keywords: z.array(z.string()),
  peerDependencies: z.record(z.string(), z.string()),
});

describe('new', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let written: { stdout: string; stderr: string };
  beforeEach(() => {
    folder = temporaryFolder();
    written = { stdout: '', stderr: '' };
  });
  afterEach(() => folder.remove());

  const make = (kind: PluginKind, name: string, flags = {}) =>
    newCommand(
      kind,
      name,
      flags,
      {
        stdout: { write: (text: string) => void (written.stdout += text) },
        stderr: { write: (text: string) => void (written.stderr += text) },
        stdin: (async function* () {})(),
        signal: new AbortController().signal,
      },
      folder.path,
    );

  it.each(PLUGIN_KINDS)('writes a %s of the versions that are installed', async (kind) => {
    expect(await make(kind, `my-${kind}`)).toBe(0);
    const path = join(folder.path, `my-${kind}`);
    const { name, keywords, peerDependencies } = manifest.parse(
      JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')),
    );
    expect([name, keywords]).toEqual([`my-${kind}`, ['routeprofile-plugin']]);
    expect(peerDependencies['@routeprofile/schema']).toContain(packageVersions()['@routeprofile/schema']);
    for (const file of Object.keys(pluginFiles(kind, name, '1.2.3')))
      expect(readFileSync(join(path, file), 'utf8')).not.toContain('__NAME__');
    expect(written.stdout).toContain(`my-${kind}/src/index.ts`);
    expect(written.stderr).toContain(`cd my-${kind}`);
  });

  it.each(PLUGIN_KINDS)('the %s it writes is a plugin of that kind', async (kind) => {
    await make(kind, `@me/my-${kind}`);
    const path = join(folder.path, `my-${kind}`, 'src', 'index.ts');
    // Outside the repository the schema is found where it is: here, through this test's own resolution.
    const schema = createJiti(import.meta.url).esmResolve('@routeprofile/schema');
    writeFileSync(path, readFileSync(path, 'utf8').replace("'@routeprofile/schema'", `'${schema}'`));
    const plugin: Plugin = await importPlugin(path);
    expect([plugin.kind, plugin.name]).toEqual([kind, `@me/my-${kind}`]);
  });

  it('prints what it wrote as JSON', async () => {
    await make('router', 'my-router', { json: true, quiet: true });
    const said = z.object({ folder: z.string(), files: z.array(z.string()) }).parse(JSON.parse(written.stdout));
    expect(said.files).toContain('src/index.test.ts');
    expect(readdirSync(said.folder).sort()).toEqual([...new Set(said.files.map((file) => file.split('/')[0]!))].sort());
    expect(written.stderr).toBe('');
  });

  it('takes an empty folder, and refuses one with anything in it', async () => {
    mkdirSync(join(folder.path, 'my-router'));
    expect(await make('router', 'my-router')).toBe(0);
    const before = readdirSync(join(folder.path, 'my-router'));
    await expect(make('profile', 'my-router')).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('my-router is not empty') as string,
    });
    expect(readdirSync(join(folder.path, 'my-router'))).toEqual(before);
    writeFileSync(join(folder.path, 'a-file'), '');
    await expect(make('router', 'a-file')).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  });

  it.each([
    'My-Router',
    'my router',
    '.hidden',
    '_mine',
    '../up',
    'a/b/c',
    '@me',
    '@me/',
    'fs',
    'node_modules',
    'a+b',
    '',
  ])('refuses the name %j with exit code 2, and writes nothing', async (name) => {
    const { code, stdout, stderr } = await routeprofile(['new', 'router', name]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(`'${name}' is not a name for a package`);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it.each([
    ['router', 'knn'],
    ['profile', 'flat'],
    ['encoder', 'hash'],
    ['metric', 'avg_hit'],
  ])('refuses a built-in %s as name: %s', async (kind, name) => {
    const { code, stderr } = await routeprofile(['new', kind, name]);
    expect(code).toBe(2);
    expect(stderr).toContain(`built-in ${kind} called ${name}`);
  });

  it('knows four kinds', async () => {
    const { code, stderr } = await routeprofile(['new', 'wrapper', 'mine']);
    expect(code).toBe(2);
    expect(stderr).toContain('router, profile, encoder, metric');
  });

  it('names with a scope go into a folder without it', () => {
    expect(['my-router', '@me/my-router'].map(folderOf)).toEqual(['my-router', 'my-router']);
    expect(packageNameSchema.safeParse('@me/my-router').success).toBe(true);
    expect(packageNameSchema.safeParse('a'.repeat(215)).success).toBe(false);
  });
});
