import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSample } from '@routeprofile/data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEncoder, openRouter, run } from '../index.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import {
  drawTraffic,
  loadPopulation,
  scoresOf,
  writeJournal,
  type Drawn,
  type Population,
} from '../testing/traffic.js';
import { loadSavedRouter } from '../router/open-router.js';
import { replay } from './replay.js';

const ENCODER = 'hash:dimensions=16';

const DECISIONS = 400;

describe('replay', () => {
  const folder = temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  let router: string;
  let other: string;
  let population: Population;
  let vectors: { rows: number; cols: number; data: Float32Array };
  let encoder: string;
  let drawn: Drawn[];
  afterAll(() => folder.remove());

  beforeAll(async () => {
    await writeSample(at('data'), { seed: 42 });
    const small = { encoder: ENCODER, limitTrain: 80, limitTest: 10, seed: [42] };
    const trained = await run({
      ...small,
      data: at('data'),
      out: at('run'),
      profile: ['flat'],
      router: ['knn', 'sim'],
    });
    [router, other] = trained.routers.map((saved) => saved.folder) as [string, string];
    population = await loadPopulation(at('data'));
    const opened = await openEncoder(ENCODER, { cache: at('cache') });
    vectors = await opened.encode(population.texts);
    encoder = opened.id;
    await opened.dispose?.();
    const { router: fitted } = await loadSavedRouter(router, undefined, { seed: 42 });
    const scores = await scoresOf(fitted, population, { vectors, encoder });
    drawn = drawTraffic(population, scores, { decisions: DECISIONS, seed: 1, temperature: 0.15, judged: 0.8 });
    writeJournal(at('state'), population, drawn, { encoder });
  }, 60_000);

  it('tells what routers would have got, near the truth, from the journal alone', async () => {
    const found = await replay({ log: at('state'), routers: [{ router }, { router: other }], cache: at('cache') });
    expect(found.log).toMatchObject({
      kind: 'journal',
      decisions: DECISIONS,
      judged: drawn.filter((d) => d.judged).length,
    });
    const opened = await openRouter(router, { cache: at('cache') });
    const decided = await opened.route(population.texts);
    await opened.dispose();
    const truth = drawn.reduce(
      (sum, { row }) =>
        sum +
        population.score[row * population.models.length + population.models.indexOf(decided[row]!.model)]! /
          drawn.length,
      0,
    );
    const [own] = found.routers;
    const { dr } = own!.reward;
    if (!dr.known) throw new Error(own!.conclusion.missing);
    expect(Math.abs(dr.value - truth)).toBeLessThan(0.08);
    expect(own!.bernstein!.low).toBeLessThan(dr.low);
    expect(own!.costPer1k).toMatchObject({ known: true });
    expect(own!.effectiveRows).toBeGreaterThan(100);
    expect(found.routers.map(({ strategy }) => strategy)).toEqual(['knn', 'sim']);
    expect(found.assumes.join(' ')).toContain('at random');
  });

  it('says the same with vectors in place of texts, and refuses another encoder’s', async () => {
    const row = (r: number) => vectors.data.subarray(r * vectors.cols, (r + 1) * vectors.cols);
    writeJournal(at('vectors'), population, drawn, { encoder, vector: row });
    const options = { routers: [{ router }], cache: at('cache') };
    const byText = await replay({ log: at('state'), ...options });
    const byVector = await replay({ log: at('vectors', 'journal.jsonl'), ...options });
    expect(byVector.routers).toEqual(byText.routers);
    writeJournal(at('foreign'), population, drawn, { encoder: 'another', vector: row });
    await expect(replay({ log: at('foreign'), ...options })).rejects.toThrow(
      /400 decisions whose vector is by another/,
    );
  });

  it('says so where nothing was explored, and what to switch on', async () => {
    const { router: fitted } = await loadSavedRouter(router, undefined, { seed: 42 });
    const scores = await scoresOf(fitted, population, { vectors, encoder });
    const fixed = drawTraffic(population, scores, { decisions: 100, seed: 1, temperature: 0 });
    writeJournal(at('fixed'), population, fixed, { encoder });
    const found = await replay({ log: at('fixed'), routers: [{ router }, { router: other }], cache: at('cache') });
    expect(found.log.explored).toBe(0);
    for (const { conclusion } of found.routers) {
      expect(conclusion.verdict).toBe('cannot tell');
      expect(conclusion.missing).toMatch(/nothing was explored.*explore: \{ temperature/);
    }
  });

  it('gives no figure on a small sample, and says what is missing', async () => {
    writeJournal(at('small'), population, drawn.slice(0, 60), { encoder });
    const found = await replay({ log: at('small'), routers: [{ router }], cache: at('cache') });
    const [own] = found.routers;
    expect(own!.reward.dr).toMatchObject({ known: false, reason: 'small effective sample', least: 100 });
    expect(own!.conclusion.missing).toMatch(/about \d+ more judged decisions/);
    const lax = await replay({ log: at('small'), routers: [{ router }], minEss: 5, cache: at('cache') });
    expect(lax.routers[0]!.reward.dr.known).toBe(true);
  });

  it('counts what it cannot use, by the reason', async () => {
    const lines = readFileSync(at('state', 'journal.jsonl'), 'utf8').trim().split('\n');
    const [first] = lines.filter((line) => line.includes('"decision"'));
    const record = (JSON.parse(first!) as { record: object }).record;
    const odd = [
      { wire: 'embeddings' },
      { router: null, route: null },
      { served: null },
      { served: 'somebody else' },
      {
        reasons: [
          { kind: 'personal-data', text: 'local models only' },
          { kind: 'session', text: 'stays' },
        ],
      },
      { reasons: [{ kind: 'late', text: 'late' }] },
      { text: undefined },
      { id: 'd1' },
    ].map((change, i) => JSON.stringify({ type: 'decision', record: { ...record, id: `odd${i}`, ...change } }));
    writeFileSync(at('odd.jsonl'), [...lines, ...odd, JSON.stringify({ type: 'reserved' })].join('\n'));
    appendFileSync(at('odd.jsonl'), '\n{"type":"decision","rec');
    const { leftOut } = await replay({ log: at('odd.jsonl'), routers: [{ router }], cache: at('cache') });
    expect(leftOut.map(({ rows }) => rows)).toEqual(Array.from({ length: 9 }, () => 1));
    const said = leftOut.map(({ reason }) => reason).join('\n');
    for (const part of [
      'embeddings',
      'named their model',
      'nobody answered',
      'another model answered',
      'conversation',
      'late',
      'neither the text',
      'twice',
      'being written',
    ])
      expect(said).toContain(part);
  });

  it('reads outcomes with propensities, and asks which feedback counts', async () => {
    const rows = drawn.map(({ row, model, propensity, judged }, i) => {
      const k = row * population.models.length + model;
      const outcome = { score: judged ? population.score[k] : null, cost: population.cost[k], propensity };
      return JSON.stringify({
        id: `q${i}`,
        query: population.texts[row],
        models: { [population.models[model]!]: outcome },
      });
    });
    writeFileSync(at('outcomes.jsonl'), rows.join('\n'));
    const options = { routers: [{ router }], cache: at('cache') };
    const fromOutcomes = await replay({ log: at('outcomes.jsonl'), ...options });
    const fromJournal = await replay({ log: at('state'), ...options });
    expect(fromOutcomes.routers[0]!.reward).toEqual(fromJournal.routers[0]!.reward);

    const said = { id: 'x', decision: 'd0', name: 'tone', source: 'model', score: 0.5 };
    const journal = readFileSync(at('state', 'journal.jsonl'), 'utf8');
    writeFileSync(at('two.jsonl'), `${journal}${JSON.stringify({ type: 'feedback', said })}\n`);
    await expect(replay({ log: at('two.jsonl'), ...options })).rejects.toThrow(
      /several kinds of feedback.*quality.*tone/,
    );
    const chosen = await replay({ log: at('two.jsonl'), feedback: ['quality'], ...options });
    expect(chosen.log.judged).toBe(fromJournal.log.judged);
    await expect(replay({ log: at('two.jsonl'), feedback: ['mood'], ...options })).rejects.toThrow(
      /no feedback called mood/,
    );
    await expect(replay({ log: at('nowhere'), ...options })).rejects.toThrow(/does not exist/);
  });
});
