import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routeprofile, temporaryFolder } from './testing/harness.js';

/** Questions of a domain with words of its own. */
const THINGS = 'turbine gearbox nacelle rotor anemometer pitch yaw converter flange lubricant vibration blade'.split(
  ' ',
);
const ASKS = [
  'Why does the X overheat when the Y is idle?',
  'How is the X aligned with the Y?',
  'List faults of the X after a Y repair.',
];
const questions = THINGS.flatMap((x) =>
  THINGS.flatMap((y) => (x === y ? [] : ASKS.map((ask) => ask.replace('X', x).replace('Y', y)))),
);

let folder: ReturnType<typeof temporaryFolder>;
const at = (...names: string[]) => join(folder.path, ...names);
const fit = (...args: string[]) => routeprofile(['encoder', 'fit', ...args, '--cache', at('cache')]);
beforeAll(() => {
  folder = temporaryFolder();
  writeFileSync(at('questions.txt'), questions.join('\n'));
});
afterAll(() => folder.remove());

describe('routeprofile encoder fit', () => {
  it('teaches static a domain, and gives a reference that runs and saved routers take', async () => {
    const out = at('own.safetensors');
    const { code, stdout, stderr } = await fit('--prompts', at('questions.txt'), '--out', out, '--seed', '7', '--json');
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    const fitted = JSON.parse(stdout) as {
      encoder: string;
      id: string;
      texts: number;
      heldOut: number;
      before: number;
      after: number;
    };
    expect(fitted).toMatchObject({ encoder: `static:${out}`, texts: questions.length, heldOut: 40 });
    expect(fitted.after).toBeGreaterThan(fitted.before + 0.05);
    expect(fitted.id).toMatch(/^static:own\.safetensors:contents=murmur3-[0-9a-f]{16}$/);

    // The same seed writes the same bytes.
    const again = at('again.safetensors');
    const told = await fit('--prompts', at('questions.txt'), '--out', again, '--seed', '7');
    expect(told.stdout).toContain(`--encoder static:${again}`);
    expect(readFileSync(again).equals(readFileSync(out))).toBe(true);

    const data = at('data');
    await routeprofile(['sample', data, '--quiet']);
    const small = [
      '--limit-train',
      '60',
      '--limit-test',
      '20',
      '--profile',
      'flat',
      '--router',
      'knn',
      '--out',
      at('run'),
      '--quiet',
    ];
    expect((await routeprofile(['run', '--data', data, '--encoder', fitted.encoder, ...small])).code).toBe(0);
    const router = at('run', 'routers', 'flat.knn.seed42');
    const route = (...args: string[]) => routeprofile(['route', '--router', router, 'What is 2 + 2?', ...args]);
    const unnamed = await route();
    expect([unnamed.code, unnamed.stderr]).toEqual([2, expect.stringContaining('--encoder static:own.safetensors')]);
    expect((await route('--encoder', fitted.encoder)).code).toBe(0);
    const other = await route('--encoder', 'static');
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining(`made with the encoder ${fitted.id}`)]);
  });

  it('learns from the training queries of a dataset', async () => {
    const data = at('sampled');
    await routeprofile(['sample', data, '--quiet']);
    const { code, stdout } = await fit(
      '--data',
      data,
      '--limit-train',
      '80',
      '--out',
      at('sample.safetensors'),
      '--json',
    );
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { texts: number }).texts).toBeLessThanOrEqual(80);
  });

  it('says what is missing, and writes nothing', async () => {
    writeFileSync(at('few.txt'), questions.slice(0, 10).join('\n'));
    const out = at('none.safetensors');
    for (const [args, said] of [
      [['--out', out], /no texts to learn from/],
      [['--prompts', at('questions.txt')], /--out FILE is missing/],
      [['--prompts', at('few.txt'), '--out', out], /10 distinct texts are too few/],
      [['--prompts', at('absent.txt'), '--out', out], /absent\.txt/],
    ] as const) {
      const { code, stderr } = await fit(...args);
      expect([code, stderr]).toEqual([2, expect.stringMatching(said)]);
    }
    expect(existsSync(out)).toBe(false);
  });

  it('stops when interrupted', async () => {
    const { code } = await routeprofile(
      ['encoder', 'fit', '--prompts', at('questions.txt'), '--out', at('stopped.safetensors'), '--cache', at('cache')],
      { signal: AbortSignal.abort() },
    );
    expect([code, existsSync(at('stopped.safetensors'))]).toEqual([130, false]);
  });
});
