import { readdirSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routeprofile, temporaryFolder } from './testing/harness.js';

/** Colours, a window title, a clear screen in one 8-bit character, and a reversed reading direction. */
const EVIL = '\u001b[31m\u001b]0;title\u0007\u009b2J\u202e';
const ACTS = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

describe('names, queries and file names that act on a terminal', () => {
  const folder = temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  let router = '';
  const said = async (...args: string[]) => {
    const outcome = await routeprofile(args);
    return { ...outcome, text: outcome.stdout + outcome.stderr };
  };
  beforeAll(async () => {
    mkdirSync(at('data'));
    const rows = Array.from({ length: 40 }, (_, i) => ({
      id: `q${i}${EVIL}`,
      task: `t${i % 2}${EVIL}`,
      split: i < 30 ? 'train' : 'test',
      query: `question ${i} ${EVIL}`,
      models: { [`a${EVIL}`]: { score: i % 2 }, b: { score: 1 - (i % 2) } },
    }));
    writeFileSync(at('data', 'outcomes.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    writeFileSync(at('broken.jsonl'), JSON.stringify({ [`x${EVIL}`]: EVIL }));
    const run = [
      'run',
      '--data',
      at('data'),
      '--encoder',
      'hash:dimensions=16',
      '--profile',
      'flat',
      '--router',
      'knn',
    ];
    const { code, text } = await said(...run, '--out', at('out'));
    expect([code, ACTS.test(text)]).toEqual([0, false]);
    router = at(
      'out',
      'routers',
      readdirSync(at('out', 'routers')).find((name) => name.includes('knn'))!,
    );
  });
  afterAll(() => folder.remove());

  it.each<[string, () => string[]]>([
    ['data check', () => ['data', 'check', at('data')]],
    ['data import, refused', () => ['data', 'import', at('broken.jsonl'), at('imported')]],
    ['data rescore, refused', () => ['data', 'rescore', at('broken.jsonl'), '--out', at('o.json')]],
    ['route', () => ['route', '--router', router, `hello ${EVIL}`]],
    ['report', () => ['report', at('out')]],
    ['compare', () => ['compare', at('out'), at('out')]],
    ['compare, refused', () => ['compare', at('out'), `${at('out')}#${EVIL}`]],
    ['evaluate', () => ['evaluate', '--router', router, '--data', at('data'), '--out', at('evaluated')]],
    [
      'profile add-model, refused',
      () => ['profile', 'add-model', at(`no${EVIL}`), '--to', at('x.npz'), '--data', at('data')],
    ],
    [
      'router onboard, refused',
      () => ['router', 'onboard', EVIL, '--router', router, '--data', at('data'), '--probes', at('broken.jsonl')],
    ],
    ['an unknown command', () => [`nothing${EVIL}`]],
    ['an unknown router', () => ['run', '--data', at('data'), '--router', `nobody${EVIL}`]],
    ['doctor', () => ['doctor', '--encoder', `nobody${EVIL}`]],
  ])('are shown, not obeyed: %s', async (_, args) => {
    const { text } = await said(...args());
    expect(text.length).toBeGreaterThan(10);
    expect(ACTS.exec(text)).toBeNull();
  });

  it('stay what they are in JSON', async () => {
    const { stdout } = await said('route', '--router', router, 'hello', '--json');
    expect(ACTS.exec(stdout)).toBeNull();
    const { ranked } = JSON.parse(stdout) as { ranked: { model: string }[] };
    expect(ranked.map(({ model }) => model)).toContain(`a${EVIL}`);
  });
});
