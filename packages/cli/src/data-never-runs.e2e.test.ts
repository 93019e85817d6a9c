import { createServer, type Server } from 'node:http';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routeprofile, temporaryFolder } from './testing/harness.js';

/** Places of the strings in a JSON document, an empty object or array counting as a place too, and null. */
function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value === 'string' || value === null) return [path];
  if (Array.isArray(value)) return value.slice(0, 2).flatMap((item, i) => places(item, [...path, i]));
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) => places(item, [...path, key]));
}

/** The document with another value at a place; objects on the way are made. */
function planted(document: unknown, path: readonly (string | number)[], text: string): unknown {
  const copy = structuredClone(document);
  let at = copy as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) at = (at[step] ??= {}) as typeof at;
  at[path.at(-1)!] = text;
  return copy;
}

/** Fields that a file may have beside those that it has. */
const OPTIONAL: Record<string, (string | number)[][]> = {
  'router/router.json': [
    ['reference'],
    ['encoder'],
    ['strategy'],
    ['profile'],
    ['state', 'encoder'],
    ['options', 'encoder'],
  ],
  'profiles/flat.json': [
    ['provenance', 'encoder'],
    ['provenance', 'options', 'baseUrl'],
    ['provenance', 'options', 'plugin'],
  ],
};

/** Every kind of file that a command reads back, and what reads it. */
const READERS: Record<string, readonly (readonly string[])[]> = {
  'router/router.json': [
    ['route', '--router', 'router', 'hello'],
    ['evaluate', '--data', 'data', '--limit-test', '5', '--router', 'router', '--out', 'evaluation'],
    ['router', 'add-model', '--router', 'router', '--profiles', 'extended/flat.npz', '--out', 'router-2'],
  ],
  'irt/router.json': [
    ['router', 'probes', '--router', 'irt', '--data', 'data', '--limit-train', '20', '--budget', '2'],
    ['route', '--router', 'irt', 'hello'],
  ],
  'profiles/flat.json': [
    ['profile', 'add-model', 'card.json', '--to', 'profiles/flat.npz', '--data', 'data', '--out', 'profiles-2'],
    ['router', 'train', '--data', 'data', '--limit-train', '20', '--encoder', 'hash', '--router', 'sim'].concat([
      '--profiles',
      'profiles/flat.npz',
      '--out',
      'router-3',
    ]),
  ],
  'extended/flat.json': [
    ['router', 'add-model', '--router', 'router', '--profiles', 'extended/flat.npz', '--out', 'router-2'],
  ],
  'graph/graph.json': [
    ['profile', 'build', '--data', 'data', '--limit-train', '20', '--encoder', 'hash', '--profile', 'flat'].concat([
      '--from',
      'graph',
      '--out',
      'profiles-3',
    ]),
  ],
  'out/report.json': [['report', 'out']],
  'out/rows.json': [['compare', 'out', 'out']],
  'out/cells': [
    ['run', '--data', 'data', '--encoder', 'hash', '--limit-train', '30', '--limit-test', '10'].concat([
      '--profile',
      'flat',
      '--router',
      'sim',
      '--out',
      'out',
    ]),
  ],
  'card.json': [
    ['profile', 'add-model', 'card.json', '--to', 'profiles/flat.npz', '--data', 'data', '--out', 'profiles-2'],
  ],
};

describe('what a file names', () => {
  const folder = temporaryFolder();
  const home = process.cwd();
  const environment = { ...process.env };
  const at = (...path: string[]) => join(folder.path, ...path);
  let server: Server;
  let asked = 0;
  let payloads: string[] = [];

  const must = async (...args: string[]) => {
    const { code, stderr } = await routeprofile([...args, '--quiet']);
    if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  };

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked++;
      request.resume();
      response.end(JSON.stringify({ data: [{ index: 0, embedding: [1, 2, 3] }] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    process.env['OPENAI_BASE_URL'] = address;
    process.env['OPENAI_API_KEY'] = 'a-key-that-must-stay-here';

    process.chdir(folder.path);
    const mark = `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(at('MARKER'))}, 'ran');\nexport default {};\n`;
    writeFileSync(at('evil.mjs'), mark);
    mkdirSync(at('node_modules', 'evil-package'), { recursive: true });
    writeFileSync(
      at('node_modules', 'evil-package', 'package.json'),
      JSON.stringify({ name: 'evil-package', version: '1.0.0', type: 'module', exports: './index.js' }),
    );
    writeFileSync(at('node_modules', 'evil-package', 'index.js'), mark);
    payloads = [
      './evil.mjs',
      at('evil.mjs'),
      `file://${at('evil.mjs')}`,
      'x/../../evil.mjs',
      `@x/y/${relative(at('node_modules', '@x', 'y'), at('evil.mjs'))}`,
      'evil-package',
      './evil.mjs+cost',
      'evil-package:k=1',
      'openai:model',
      `openai:model:dimensions=3`,
      'npz:evil.mjs',
      address,
    ];

    await must('sample', 'data');
    const few = ['--data', 'data', '--encoder', 'hash', '--limit-train', '30', '--limit-test', '10'];
    await must('run', ...few, '--profile', 'flat', '--router', 'sim', '--out', 'out');
    await must('profile', 'build', ...few, '--profile', 'flat', '--out', 'profiles');
    await must('router', 'train', ...few, '--router', 'sim', '--profiles', 'profiles/flat.npz', '--out', 'router');
    await must('router', 'train', ...few, '--router', 'irt', '--profiles', 'profiles/flat.npz', '--out', 'irt');
    await must('graph', 'build', ...few, '--out', 'graph');
    writeFileSync(at('card.json'), JSON.stringify({ joining: { feature: 'a new model', service: 'x' } }));
    await must('profile', 'add-model', 'card.json', '--to', 'profiles/flat.npz', '--data', 'data', '--out', 'extended');
  });
  afterAll(() => {
    process.chdir(home);
    process.env = environment;
    server.close();
    folder.remove();
  });

  /** The files of a kind: `out/cells` is a folder of them. */
  const filesOf = (kind: string) =>
    kind.endsWith('.json') ? [kind] : readdirSync(at(kind)).map((name) => `${kind}/${name}`);

  it('works as it is, and is neither imported nor asked, whatever field names it', async () => {
    const kinds = Object.keys(READERS);
    const sites = kinds.flatMap((kind) =>
      filesOf(kind).flatMap((file) => {
        const document = JSON.parse(readFileSync(at(file), 'utf8')) as unknown;
        const fields = [...places(document).filter((path) => path.length > 0), ...(OPTIONAL[kind] ?? [])];
        const distinct = [...new Map(fields.map((path) => [path.join('/'), path])).values()];
        return distinct.map((path) => ({ kind, file, path, document }));
      }),
    );
    for (const kind of kinds)
      for (const reader of READERS[kind]!) {
        const { code, stderr } = await routeprofile([...reader, '--quiet']);
        expect({ reader, code, stderr }).toMatchObject({ code: 0 });
      }
    expect(existsSync(at('MARKER'))).toBe(false);

    const tried = async ({ kind, file, path, document }: (typeof sites)[number], payload: string) => {
      const kept = readFileSync(at(file));
      writeFileSync(at(file), JSON.stringify(planted(document, path, payload)));
      try {
        for (const reader of READERS[kind]!) await routeprofile([...reader, '--quiet']);
      } finally {
        writeFileSync(at(file), kept);
      }
      const ran = existsSync(at('MARKER'));
      rmSync(at('MARKER'), { force: true });
      expect({ file, path, payload, ran, asked }).toMatchObject({ ran: false, asked: 0 });
    };

    // The fields that are references today, with every payload; every other field with a drawn one.
    const references = new Set(['strategy', 'reference', 'encoder', 'profile']);
    for (const site of sites.filter(({ path }) => references.has(String(path.at(-1)))))
      for (const payload of payloads) await tried(site, payload);
    await fc.assert(fc.asyncProperty(fc.constantFrom(...sites), fc.constantFrom(...payloads), tried), {
      seed: 1,
      numRuns: 150,
    });
  }, 600_000);

  it('is refused with what to add, and taken when a person names it', async () => {
    const manifest = JSON.parse(readFileSync(at('router', 'router.json'), 'utf8')) as object;
    cpSync(at('router'), at('theirs'), { recursive: true });
    const write = (changes: object) =>
      writeFileSync(at('theirs', 'router.json'), JSON.stringify({ ...manifest, ...changes }));

    write({ encoder: './evil.mjs' });
    let refused = await routeprofile(['route', '--router', 'theirs', 'hello']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--encoder ./evil.mjs');

    write({ reference: 'evil-package' });
    refused = await routeprofile(['route', '--router', 'theirs', 'hello']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--plugin evil-package');
    expect(existsSync(at('MARKER'))).toBe(false);

    const named = await routeprofile(['route', '--router', 'theirs', '--plugin', 'evil-package', 'hello']);
    expect(named.stderr).toContain('evil-package');
    expect(existsSync(at('MARKER'))).toBe(true);
    rmSync(at('MARKER'));

    write({ encoder: 'openai:model:endpoint=elsewhere' });
    refused = await routeprofile(['route', '--router', 'theirs', 'hello']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--encoder openai:model');
    expect(asked).toBe(0);
    await routeprofile(['route', '--router', 'theirs', '--encoder', 'openai:model', 'hello']);
    expect(asked).toBe(1);
  });
});
