import { createMatrix, createRandom, type Matrix } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import type { Attempt, DecisionRecord } from '../../contracts/record.js';
import { createDrift } from './drift.js';

const router = { models: ['small', 'large'], strategy: 'listed' };
const attempt = (more: Partial<Attempt>): Attempt => ({ endpoint: 'e', candidate: 'small', totalMs: 1, ...more });
const usage = (output: number) => ({ uncachedInput: 1, cacheRead: 0, cacheWrite: 0, output });
const record = (more: Partial<DecisionRecord>): DecisionRecord => ({
  ...({ version: 1, id: 'one', at: 0, tenant: 'a', wire: 'chat', route: 'default', router: null } as const),
  ...{ requirements: {}, ranked: [], model: 'small', propensity: 1, reasons: [], attempts: [], served: 'small' },
  status: 200,
  ...more,
});

function opened() {
  const told: string[] = [];
  const logger = { info: (line: string) => void told.push(line), warn: (line: string) => void told.push(line) };
  const drift = createDrift({ clock: { now: () => 5 }, logger });
  const random = createRandom(1, 'drift');
  return { drift, told, random, flags: () => drift.look()?.flags ?? [] };
}

describe('drift', () => {
  it('watches nothing until it is told to, and only what it is told to', () => {
    const { drift } = opened();
    drift.ended(record({ attempts: [attempt({})] }));
    expect([drift.look(), drift.distrusted.size, drift.queriesOf('default')]).toEqual([undefined, 0, undefined]);
    drift.watch([{ name: 'default', router }]);
    // Five streams for each of two candidates.
    expect(drift.look()).toEqual({ streams: 10, delta: 0.0002, flags: [] });
    for (let i = 0; i < 2_000; i++) drift.judged(record({ route: 'other' }), i < 1_000 ? 1 : 0);
    expect(drift.look()!.flags).toEqual([]);
  });

  it('flags a model whose answers become worse, says so once, and distrusts it until it is as good again', () => {
    const { drift, told, random, flags } = opened();
    drift.watch([{ name: 'default', router }]);
    told.length = 0;
    const judge = (share: number, times: number) => {
      for (let i = 0; i < times; i++) {
        drift.judged(record({}), random.float() < share ? 1 : 0);
        drift.judged(record({ served: 'large' }), random.float() < 0.7 ? 1 : 0);
      }
    };
    judge(0.9, 1_000);
    expect(flags()).toEqual([]);
    judge(0.6, 1_000);
    expect(flags()).toHaveLength(1);
    const [flag] = flags();
    expect(flag).toMatchObject({ stream: 'reward:small', of: 'small', delta: 0.0002, worse: true, at: 5 });
    expect(Math.abs(flag!.since - 1_000)).toBeLessThan(150);
    expect(flag!.text).toMatch(/^mean reward of small fell from 0\.9\d? to 0\.[56]\d$/);
    expect(told).toEqual([expect.stringContaining(flag!.text)]);
    expect([...drift.distrusted]).toEqual([['small', flag!.text]]);
    judge(0.95, 1_000);
    expect(flags()[0]).toMatchObject({ stream: 'reward:small', worse: false });
    expect(drift.distrusted.size).toBe(0);
  });

  it('reads cost, times, faults and lengths from what was recorded', () => {
    const { drift, flags } = opened();
    drift.watch([{ name: 'default', router }]);
    const ranked = [{ model: 'small', score: 1, expectedCost: 0.01 }];
    const good = (times: number) =>
      record({
        ranked,
        attempts: [attempt({ firstContentMs: 100 * times, cost: 0.01 * times, usage: usage(50 * times) })],
      });
    for (let i = 0; i < 1_500; i++) drift.ended(good(i % 3 === 0 ? 1 : 1.5));
    expect(flags()).toEqual([]);
    for (let i = 0; i < 1_500; i++) drift.ended(good(i % 3 === 0 ? 3 : 4));
    const texts = flags().map(({ text }) => text);
    expect(texts.map((text) => text.replace(/[\d.]+/g, 'N'))).toEqual([
      'cost divided by expected cost of small rose from N to N',
      'time to the first content of small rose from N ms to N ms',
      'output tokens of small rose from N to N',
    ]);
    // None of these says that answers are worse.
    expect(drift.distrusted.size).toBe(0);
    for (let i = 0; i < 500; i++)
      drift.ended(record({ served: null, attempts: [attempt({ fault: i % 2 === 0 ? 'server' : 'bad-request' })] }));
    expect(drift.distrusted.get('small')).toMatch(/^share of failed attempts of small rose from 0\.0 % to 100\.0 %$/);
  });

  it('watches the distance of queries where the router tells it, and says where it does not', () => {
    const { drift, told, flags } = opened();
    const queryDistance = () => (vectors: Matrix) => Float64Array.from(vectors.data);
    drift.watch([
      { name: 'default', router: { ...router, queryDistance } },
      { name: 'other', router },
    ]);
    expect(told).toEqual(['drift: queries of other are not watched, as listed keeps no training queries']);
    const take = drift.queriesOf('default')!;
    for (let i = 0; i < 2_000; i++) take(createMatrix(1, 1, Float32Array.of(0.2 + (i % 5) / 50)));
    expect(flags()).toEqual([]);
    for (let i = 0; i < 1_000; i++) take(createMatrix(1, 1, Float32Array.of(0.3 + (i % 5) / 50)));
    expect(flags()).toMatchObject([{ stream: 'query-distance:default', worse: true }]);
    // Another router has other training queries: its stream begins anew, those of candidates go on.
    drift.judged(record({}), 1);
    drift.watch([{ name: 'default', router: { ...router, queryDistance } }]);
    expect([flags(), drift.look()!.streams]).toEqual([[], 11]);
  });
});
