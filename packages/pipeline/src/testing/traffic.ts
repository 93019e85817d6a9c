import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDataset } from '@routeprofile/data';
import { softmax } from '@routeprofile/numerics';
import { createRandom, type Dataset, type Random, type Router } from '@routeprofile/schema';

/** Queries whose outcomes are known of every model. */
export interface Population {
  models: readonly string[];
  texts: string[];
  /** Shape [queries × models]. */
  score: Float64Array;
  cost: Float64Array;
}

/** The rows of a dataset on which every candidate was measured. */
export function populationOf({ test, train, candidates }: Dataset, rows: 'test' | 'all'): Population {
  const models = candidates.map(({ id }) => id);
  const tables = [
    { queries: test.queries, values: test.values },
    ...(rows === 'all' && train.outcomes ? [{ queries: train.queries, values: train.outcomes }] : []),
  ];
  const whole = tables.flatMap(({ queries, values }) =>
    queries.flatMap(({ text }, q) => {
      const own = (column: Float64Array) => [...column.subarray(q * models.length, (q + 1) * models.length)];
      const [score, cost] = [own(values.score), own(values.cost)];
      return score.every(Number.isFinite) ? [{ text, score, cost }] : [];
    }),
  );
  return {
    models,
    texts: whole.map(({ text }) => text),
    score: Float64Array.from(whole.flatMap(({ score }) => score)),
    cost: Float64Array.from(whole.flatMap(({ cost }) => cost)),
  };
}

/** How traffic is drawn from a population. */
export interface TrafficOptions {
  decisions: number;
  seed: number;
  /** Of the softmax by which models are drawn; 0 draws nothing. */
  temperature: number;
  /** Share of answers that are judged. Default 1. */
  judged?: number;
}

/** A drawn decision: the query's row, and the model's. */
export interface Drawn {
  row: number;
  model: number;
  propensity: number;
  judged: boolean;
}

function drawnFrom(chances: Float64Array, random: Random): number {
  let left = random.float();
  let m = 0;
  while (m < chances.length - 1 && (left -= chances[m]!) >= 0) m++;
  return m;
}

/** @param scores what the router gives each model, shape [queries × models] */
export function drawTraffic(
  { models, texts }: Pick<Population, 'models' | 'texts'>,
  scores: Float64Array,
  { decisions, seed, temperature, judged = 1 }: TrafficOptions,
): Drawn[] {
  const random = createRandom(seed, 'traffic');
  const width = models.length;
  return Array.from({ length: decisions }, () => {
    const row = random.int(texts.length);
    const own = scores.subarray(row * width, (row + 1) * width);
    const best = own.indexOf(Math.max(...own));
    const chances =
      temperature === 0 ? own.map((_, m) => (m === best ? 1 : 0)) : softmax(own.map((score) => score / temperature));
    const model = drawnFrom(chances, random);
    return { row, model, propensity: chances[model]!, judged: random.float() < judged };
  });
}

/** Scores of a router on every query, shape [queries × models], in the order of the population's models. */
export async function scoresOf(
  router: Pick<Router, 'decide'>,
  { models, texts }: Pick<Population, 'models' | 'texts'>,
  vectors: { vectors: NonNullable<Parameters<Router['decide']>[0]['vectors']>; encoder: string },
): Promise<Float64Array> {
  const decided = await router.decide({ texts, ...vectors });
  return Float64Array.from(
    decided.flatMap(({ ranked }) =>
      models.map((model) => ranked.find((one) => one.model === model)?.score ?? -Infinity),
    ),
  );
}

/** A gateway's journal of drawn decisions, with feedback from users. @returns its folder */
export function writeJournal(
  folder: string,
  { models, texts, score, cost }: Population,
  drawn: readonly Drawn[],
  { encoder, vector }: { encoder: string; vector?: (row: number) => Float32Array },
): string {
  mkdirSync(folder, { recursive: true });
  const lines = drawn.flatMap(({ row, model, propensity, judged }, i) => {
    const k = row * models.length + model;
    const id = `d${i}`;
    const at = 1_700_000_000_000 + 1000 * i;
    const name = models[model]!;
    const kept = vector === undefined ? { text: texts[row] } : { vector: base64Of(vector(row)) };
    const record = {
      ...{ version: 1, id, at, tenant: 'local', wire: 'chat', route: 'default' },
      router: { strategy: 'knn', encoder },
      requirements: {},
      ...kept,
      ranked: [name, ...models.filter((other) => other !== name)].map((one) => ({ model: one, score: 0 })),
      ...{ model: name, propensity, reasons: [], served: name, status: 200 },
      attempts: [{ endpoint: name, candidate: name, status: 200, totalMs: 5, cost: cost[k] }],
    };
    const said = {
      id: `f${i}`,
      decision: id,
      tenant: 'local',
      name: 'quality',
      value: score[k],
      score: score[k],
      source: 'user',
      at,
    };
    return [{ type: 'decision', record }, ...(judged ? [{ type: 'feedback', said }] : [])];
  });
  writeFileSync(join(folder, 'journal.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return folder;
}

/** As the gateway keeps vectors: little-endian float32 in base64. */
function base64Of(vector: Float32Array): string {
  const bytes = Buffer.alloc(4 * vector.length);
  vector.forEach((value, i) => bytes.writeFloatLE(value, 4 * i));
  return bytes.toString('base64');
}

export const loadPopulation = async (folder: string, rows: 'test' | 'all' = 'all'): Promise<Population> =>
  populationOf(await loadDataset(folder), rows);
