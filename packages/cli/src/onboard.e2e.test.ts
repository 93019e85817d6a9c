import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRouterArtifact } from '@routeprofile/data';
import type { Decision } from '@routeprofile/schema';
import { routeprofile, temporaryFolder } from './testing/harness.js';

const NEW = 'newcomer';
const probeLines = (path: string) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string; query: string; score: number | null });

describe('a model that is asked a few queries', () => {
  const folder = temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  const cache = ['--cache', at('cache')];
  const where = ['--data', at('sample'), ...cache];
  const ok = async (...args: string[]) => {
    const outcome = await routeprofile(args);
    expect([outcome.code, outcome.stderr.includes('error')]).toEqual([0, false]);
    return outcome;
  };

  beforeAll(async () => {
    await ok('sample', at('sample'));
    const made = ['--encoder', 'hash:dimensions=64', '--out'];
    await ok('profile', 'build', ...where, ...made, at('profiles'), '--profile', 'flat');
    const router = ['router', 'train', ...where, ...made, at('router'), '--router', 'irt'];
    await ok(...router, '--profiles', at('profiles', 'flat.npz'));
  });
  afterAll(() => folder.remove());

  it('joins the router by what it made of them, and the others stay as they were', async () => {
    await ok('router', 'probes', ...where, '--router', at('router'), '--budget', '12', '--out', at('probes.jsonl'));
    const probes = probeLines(at('probes.jsonl'));
    expect(probes.length).toBe(12);
    const rights = probes.map((probe) => JSON.stringify({ ...probe, score: 1 })).join('\n');
    writeFileSync(at('filled.jsonl'), rights);
    const onboard = ['router', 'onboard', NEW, ...where, '--router', at('router'), '--probes', at('filled.jsonl')];
    await ok(...onboard, '--out', at('onboarded'));

    const ask = async (router: string) =>
      (JSON.parse((await ok('route', 'What is 2 + 2?', '--router', at(router), ...cache, '--json')).stdout) as Decision)
        .ranked;
    const [before, after] = [await ask('router'), await ask('onboarded')];
    expect(after.filter(({ model }) => model !== NEW)).toEqual(before);
    const chance = (model: string) => after.find((entry) => entry.model === model)!.probability!;
    expect(chance(NEW)).toBeGreaterThan(after.at(-1)!.probability!);
    expect((await readRouterArtifact(at('onboarded'))).manifest.models).toContain(NEW);
  });

  it('is refused with one message where something does not fit', async () => {
    const fails = async (...args: string[]) => {
      const { code, stderr } = await routeprofile(args);
      return [code, stderr] as const;
    };
    const onboard = (file: string) => ['router', 'onboard', NEW, ...where, '--router', at('router'), '--probes', file];
    const line = { id: 'nobody', query: 'what?', score: 1 };
    writeFileSync(at('foreign.jsonl'), JSON.stringify(line));
    expect(await fails(...onboard(at('foreign.jsonl')))).toEqual([
      2,
      expect.stringContaining('1 of 1 probe is not among the training queries'),
    ]);
    writeFileSync(at('broken.jsonl'), JSON.stringify({ ...line, score: 'good' }));
    expect(await fails(...onboard(at('broken.jsonl')))).toEqual([2, expect.stringContaining('line 1: score')]);
    expect(await fails(...onboard(at('probes.jsonl')))).toEqual([
      2,
      expect.stringContaining('no outcome on any probe'),
    ]);
    const [first] = probeLines(at('probes.jsonl'));
    const scored = (score: number) => JSON.stringify({ ...first, score });
    writeFileSync(at('percent.jsonl'), scored(30));
    expect(await fails(...onboard(at('percent.jsonl')))).toEqual([2, expect.stringMatching(/1 of 1 scores.*0 to 1/s)]);
    writeFileSync(at('twice.jsonl'), `${scored(1)}\n\n${scored(0)}\n`);
    expect(await fails(...onboard(at('twice.jsonl')))).toEqual([2, expect.stringMatching(/line 3: .* on line 1/)]);
    mkdirSync(at('other'), { recursive: true });
    const train = ['router', 'train', ...where, '--encoder', 'hash:dimensions=64', '--router', 'sim'];
    await ok(...train, '--profiles', at('profiles', 'flat.npz'), '--out', at('other'));
    expect(await fails('router', 'probes', ...where, '--router', at('other'))).toEqual([
      2,
      expect.stringContaining('holds a sim router'),
    ]);
  });
});
