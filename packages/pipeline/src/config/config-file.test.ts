import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { completeConfig, loadConfigFile } from './config-file.js';
import { temporaryFolder } from '../testing/temporary-folder.js';

describe('config file', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => (folder = temporaryFolder()));
  afterEach(() => folder.remove());
  const write = (name: string, text: string) => writeFileSync(join(folder.path, name), text);

  it.each([
    ['routeprofile.config.json', '{ "data": "set", "profile": ["emb-gnn:hops=1"], "seed": [1, 2] }'],
    ['routeprofile.config.yaml', 'data: set\nprofile:\n  - emb-gnn:hops=1\nseed: [1, 2]\n'],
    ['routeprofile.config.js', 'export default { data: "set", profile: ["emb-gnn:hops=1"], seed: [1, 2] }'],
    [
      'routeprofile.config.ts',
      'const seed: number[] = [1, 2];\nexport default { data: "set", profile: ["emb-gnn:hops=1"], seed }',
    ],
  ])('is found and read: %s', async (name, text) => {
    write(name, text);
    const config = completeConfig(await loadConfigFile(undefined, folder.path));
    expect(config).toMatchObject({
      data: join(folder.path, 'set'),
      profile: [{ name: 'emb-gnn', options: { hops: 1 } }],
      seed: [1, 2],
      mode: 'standard',
    });
  });

  it('gives way to flags', async () => {
    write('routeprofile.config.json', '{ "data": "set", "mode": "newllm", "encoder": "hash" }');
    expect(
      completeConfig(await loadConfigFile(undefined, folder.path), { mode: 'standard', out: undefined }),
    ).toMatchObject({ mode: 'standard', encoder: 'hash' });
  });

  it.each([
    '..',
    '.',
    '...',
    '.hidden',
    'ends.',
    'a/b',
    'cells',
    'Kept',
    'routers',
    'report.json',
    'CON',
    'nul.txt',
    '',
  ])('refuses a scenario whose folder could not have its name: %j', (name) => {
    expect(() => completeConfig({ data: 'set', scenarios: [{ name }] })).toThrow(/scenario/);
  });

  it('takes scenarios that differ in more than case', () => {
    const named = (...names: string[]) =>
      completeConfig({ data: 'set', scenarios: names.map((name) => ({ name })) }).scenarios;
    expect(named('v1.2_new-LLM', 'standard', '2')).toHaveLength(3);
    expect(() => named('One', 'one')).toThrow(/same name/);
  });

  it('is not needed', async () => {
    expect(await loadConfigFile(undefined, folder.path)).toEqual({});
  });

  it.each([
    [
      'a typing mistake',
      '{ "data": "set", "profiles": ["flat"] }',
      'profiles',
      /^Did you mean 'profile' .* Options: .*run --help/,
    ],
    ['a wrong type', '{ "data": 3 }', 'data', /^See .*run --help/],
    ['a list of the wrong type', '{ "router": [3] }', 'router.0: must be text', /^See .*run --help/],
    ['a wrong field of a list', '{ "router": [{ "name": 3 }] }', 'router.0.name: must be text', /^See .*run --help/],
    ['several mistakes', '{ "data": 3, "out": 3 }', '2 problems', /^See .*run --help/],
    [
      'a misspelt field of a list',
      '{ "router": [{ "name": "knn", "option": {} }] }',
      'router.0: unknown name',
      /'options'/,
    ],
    ['no object', '[1]', 'routeprofile.config.json', /^Options: data, /],
    ['truncated JSON', '{ "data": ', 'routeprofile.config.json', /has to be JSON/],
  ])('refuses %s, naming it and saying what to do', async (_, text, named, hint) => {
    write('routeprofile.config.json', text);
    await expect(loadConfigFile(undefined, folder.path)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining(named) as string,
      hint: expect.stringMatching(hint) as string,
    });
  });

  it.each([
    ['c.yaml', 'data: [', /has to be YAML/],
    ['c.mjs', 'export default {', /export the options as its default/],
    ['c.cjs', 'throw new Error("no")', /run by itself/],
    ['missing.json', null, /--config/],
    ['.', null, /path of a file/],
  ])('says what to do about %s that cannot be read', async (name, text, hint) => {
    if (text !== null) write(name, text);
    await expect(loadConfigFile(join(folder.path, name))).rejects.toMatchObject({
      hint: expect.stringMatching(hint) as string,
    });
  });

  it('names a file that is not there', async () => {
    await expect(loadConfigFile('nothing.yaml', folder.path)).rejects.toMatchObject({ code: 'MISSING_FILE' });
  });
});
