import { existsSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSample } from '@routeprofile/data';
import type { Matrix } from '@routeprofile/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEncoder, openRouter, run } from '../index.js';
import { loadSavedRouter } from '../router/open-router.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { drawTraffic, loadPopulation, scoresOf, writeJournal, type Population } from '../testing/traffic.js';
import { learn, type LearnRequest } from './learn.js';
import { rollBack } from './versions.js';

const ENCODER = 'hash:dimensions=16';
const SEED = 42;

/** The sample with good and bad scores of every model changed for each other: whoever learns from it chooses badly. */
function writeTurned(from: string, to: string): void {
  mkdirSync(to);
  const turned = readFileSync(join(from, 'outcomes.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const row = JSON.parse(line) as { models: Record<string, { score: number }> };
      for (const outcome of Object.values(row.models)) outcome.score = 1 - outcome.score;
      return JSON.stringify(row);
    });
  writeFileSync(join(to, 'outcomes.jsonl'), turned.join('\n'));
}

describe('learn', () => {
  const folder = temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  let population: Population;
  let vectors: Matrix;
  let encoder: string;
  let bad: { router: string; scores: Float64Array };
  let good: { router: string; scores: Float64Array };
  afterAll(() => folder.remove());

  beforeAll(async () => {
    await writeSample(at('data'), { seed: SEED });
    writeTurned(at('data'), at('turned'));
    population = await loadPopulation(at('data'));
    const opened = await openEncoder(ENCODER, { cache: at('cache') });
    vectors = await opened.encode(population.texts);
    encoder = opened.id;
    await opened.dispose?.();
    const trained = async (data: string) => {
      const shared = { encoder: ENCODER, profile: ['flat'], router: ['knn'], seed: [SEED] };
      const { routers } = await run({
        ...shared,
        data: at(data),
        limitTrain: 150,
        limitTest: 10,
        out: at(`run-${data}`),
      });
      const router = routers[0]!.folder;
      const { router: fitted } = await loadSavedRouter(router, undefined, { seed: SEED });
      return { router, scores: await scoresOf(fitted, population, { vectors, encoder }) };
    };
    bad = await trained('turned');
    good = await trained('data');
  }, 60_000);

  const traffic = (name: string, { scores }: { scores: Float64Array }, decisions: number, temperature: number) =>
    writeJournal(at(name), population, drawTraffic(population, scores, { decisions, seed: 7, temperature }), {
      encoder,
    });
  const learning = (out: string, more: Partial<LearnRequest>) =>
    learn({ log: at('state'), out: at(out), cache: at('cache'), ...more });
  const truthOf = async (dir: string) => {
    const opened = await openRouter(dir, { cache: at('cache') });
    const decided = await opened.route(population.texts);
    await opened.dispose();
    const { models, score, texts } = population;
    return decided.reduce(
      (sum, { model }, row) => sum + score[row * models.length + models.indexOf(model)]! / texts.length,
      0,
    );
  };

  it('promotes a router that is better beyond doubt, which is, and goes back', async () => {
    traffic('state', bad, 1000, 0.5);
    const found = await learning('learned', { router: bad.router });
    expect(found).toMatchObject({ promoted: true, serving: 2, candidate: 2, why: null, trainedOn: 500 });
    expect(found.result).toMatchObject({ look: 1, difference: { known: true } });
    const current = at('learned', 'current');
    expect(found.serves).toBe(current);
    expect(readlinkSync(current)).toBe(join('versions', '0002'));
    const [before, after] = [await truthOf(bad.router), await truthOf(current)];
    const { difference } = found.result!;
    if (!difference.known) throw new Error('expected a verdict');
    expect(after - before).toBeGreaterThan(difference.low);
    const kept = JSON.parse(readFileSync(join(current, 'learned.json'), 'utf8')) as object;
    expect(kept).toMatchObject({ incumbent: 1, trainedOn: { judged: 500 }, judgedOn: { judged: 500 }, promoted: true });

    expect(await rollBack(at('learned'))).toEqual({ from: 2, to: 1 });
    expect(await truthOf(current)).toBe(before);
    await expect(rollBack(at('learned'))).rejects.toThrow(/no earlier router/);
    await expect(learning('learned', { router: good.router })).rejects.toThrow(/is not one of the routers/);
    await expect(learning('empty', {})).rejects.toThrow(/holds no router yet/);
  });

  it('holds back what is not, says what is missing, and is stricter with each test', async () => {
    traffic('fine', good, 700, 0.2);
    const log = { log: at('fine', 'journal.jsonl'), minEss: 40 };
    const first = await learning('held', { ...log, router: good.router });
    expect(first).toMatchObject({ promoted: false, serving: 1, candidate: null, result: { look: 1 } });
    expect(first.why).toMatch(/difference/);
    const same = await learning('held', { ...log, router: good.router });
    expect(same).toMatchObject({ promoted: false, result: null });
    expect(same.why).toMatch(/was tested on these decisions before/);
    const again = await learning('held', { ...log, router: good.router, judge: 0.6 });
    expect(again.result!.look).toBe(2);
    expect(again.result!.alpha).toBeCloseTo(0.05 / 6, 12);
    const shadow = await learning('held', { ...log, shadow: true });
    expect(shadow).toMatchObject({ promoted: false, serving: 1, candidate: 2, result: { look: 3 } });
    expect(existsSync(at('held', 'versions', '0002', 'router.json'))).toBe(true);
    expect(readlinkSync(at('held', 'current'))).toBe(join('versions', '0001'));
    const spent = await learning('held', { ...log, judge: 0.55, looks: 2, confidence: 0.99 });
    expect(spent.why).toMatch(/All 2 tests against this incumbent are spent/);
  });

  it('begins nothing that cannot end well', async () => {
    traffic('fixed', good, 300, 0);
    const fixed = await learning('none', { log: at('fixed'), router: good.router });
    expect(fixed.why).toMatch(/nothing was explored.*explore:/);
    traffic('few', good, 120, 0.2);
    const few = await learning('none', { log: at('few') });
    expect(few).toMatchObject({ promoted: false, result: null, moreJudged: 80 });
    expect(few.why).toBe('Only 60 judged decisions are there to judge by, and at least 100 are needed.');
  });
});
