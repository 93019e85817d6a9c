import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStandInModels, type StandInModels } from '@routeprofile/providers/testing';
import { createRandom, type RunReport } from '@routeprofile/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routeprofile, temporaryFolder } from './testing/harness.js';

/** A third are sums, about which `large` is right, the others translations, about which `small` is; one in ten fools both. */
const isSum = (i: number) => i % 3 === 0;
const isRight = (model: string, i: number) => i % 10 !== 3 && (model === 'large') === isSum(i);
const promptOf = (i: number) =>
  isSum(i)
    ? `add the numbers ${i} and ${i + 7} and give the sum`
    : `translate the word number ${i} of the song into French`;

describe('a log that went to one model nine times out of ten', () => {
  const folder = temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  let server: StandInModels;

  beforeAll(async () => {
    const random = createRandom(7, 'log');
    const calls = Array.from({ length: 1200 }, (_, i) => {
      const model = random.float() < 0.1 ? 'large' : 'small';
      return {
        ...{ id: `call-${i}`, prompt: promptOf(i), expected: `word ${i}`, model, correct: isRight(model, i) },
        ...{ costUSD: model === 'large' ? 0.01 : 0.001, propensity: model === 'large' ? 0.1 : 0.9 },
      };
    });
    writeFileSync(at('calls.jsonl'), calls.map((call) => JSON.stringify(call)).join('\n'));
    server = await openStandInModels({
      answer: ({ model, prompt }) => {
        const i = Number(/\d+/.exec(prompt)![0]);
        return isRight(model, i) ? `word ${i}` : 'no idea';
      },
    });
    const model = { baseUrl: server.baseUrl, price: { input: 1, output: 2 }, maxOutputTokens: 50 };
    writeFileSync(
      at('collect.json'),
      JSON.stringify({ collect: { grader: 'metric:metric=em', models: { small: model, large: model } } }),
    );
  });
  afterAll(async () => {
    await server.close();
    folder.remove();
  });

  const run = async (...more: string[]) => {
    const ran = await routeprofile([
      ...['run', '--data', at('log'), '--encoder', 'hash', '--router', 'linear', '--out', at('out')],
      ...['--cache', at('cache'), '--quiet', ...more],
    ]);
    expect(ran.code, ran.stderr).toBe(0);
    const report = JSON.parse(readFileSync(at('out', 'report.json'), 'utf8')) as RunReport;
    return { stdout: ran.stdout.replace(/\s+/g, ' '), log: report.offPolicy!, router: report.offPolicy!.policies[0]! };
  };

  it('says what to ask; the answers that collect gets settle it', async () => {
    const imported = await routeprofile(['data', 'import', at('calls.jsonl'), at('log'), '--quiet']);
    expect(imported).toMatchObject({ code: 0, stderr: '' });

    const before = await run('--suggest', '20');
    expect(before.log.assumes).toBe('logged propensities');
    expect(before.router.score.dr).toMatchObject({ known: false, reason: 'small effective sample' });
    const { needed, ask, measured } = before.log.suggestions!;
    expect(ask).toHaveLength(20);
    expect(new Set(ask.map(({ model }) => model))).toEqual(new Set(['large']));
    expect(before.stdout).toContain(`About ${needed} answers that are asked for on purpose would do.`);
    expect(before.stdout).toMatch(/ask large on 20 queries \(call-/);
    expect(before.stdout).toContain(`collect --prompts ${at('out', 'suggested.jsonl')}`);

    const collect = ['collect', '--config', at('collect.json'), '--prompts', at('out', 'suggested.jsonl')];
    const collected = await routeprofile([...collect, '--out', at('asked'), '--quiet', '--json']);
    expect(collected.code, collected.stderr).toBe(0);
    expect(JSON.parse(collected.stdout)).toMatchObject({ requests: 20, items: 20 + measured.length });
    const append = ['data', 'import', at('asked', 'outcomes.jsonl'), at('log'), '--append'];
    const appended = await routeprofile([...append, '--quiet']);
    expect(appended, appended.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(appended.stdout).toContain('Added to 1,200 queries that were there: 0 new queries');

    const after = await run();
    expect(after.log.rows).toBe(before.log.rows);
    expect(after.log.assumes).toBe('logged propensities');
    expect(after.router.effectiveRows).toBeGreaterThan(before.router.effectiveRows);
    expect(after.log.suggestions!.needed).toBe(needed! - 20);
    expect(after.router.score.dr).toMatchObject({ known: true });
    if (after.router.score.dr.known) {
      expect(after.router.score.dr.low).toBeLessThan(0.9);
      expect(after.router.score.dr.high).toBeGreaterThan(0.9);
    }
  });

  it('says so of a table that has all outcomes', async () => {
    const complete = Array.from({ length: 60 }, (_, i) =>
      ['small', 'large'].map((model) => ({ prompt: promptOf(i), model, correct: isRight(model, i) })),
    );
    writeFileSync(
      at('complete.jsonl'),
      complete
        .flat()
        .map((call) => JSON.stringify(call))
        .join('\n'),
    );
    await routeprofile(['data', 'import', at('complete.jsonl'), at('complete'), '--quiet']);
    const ran = await routeprofile([
      ...['run', '--data', at('complete'), '--encoder', 'hash', '--router', 'linear', '--out', at('none')],
      ...['--cache', at('cache'), '--suggest', '5'],
    ]);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stderr).toContain('nothing is suggested, for the test rows are not judged as a log');
    expect(ran.stdout).not.toContain('Suggested:');
  });
});
