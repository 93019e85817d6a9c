import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { RouteProfileError } from '@routeprofile/schema';
import { failureOf } from '../disk/testing.js';
import { ageInDays } from './entry.js';
import { shifted } from './price.js';
import { parsePriceList, readPriceList } from './price-list.js';
import { LITELLM, MODELS_DEV, OPENROUTER } from './testing.js';

const root = mkdtempSync(join(tmpdir(), 'rp-prices-'));
afterAll(() => rmSync(root, { recursive: true }));
const now = new Date('2026-11-29T23:00:00Z');
const parse = (value: unknown) => parsePriceList(value, { source: 'prices.json', now });
/** All numbers of some facts. */
const numbersOf = (...facts: (object | undefined)[]): unknown[] =>
  facts.flatMap((fact): unknown[] => Object.values(fact ?? {}));
const byId = (value: unknown) => new Map(parse(value).entries.map((entry) => [entry.id, entry]));

describe('a price list', () => {
  it('of LiteLLM: dollars per token become dollars per million, models that answer with text stay', () => {
    const { format, date, dateFrom, leftOut, remarks } = parse(LITELLM);
    expect([format, date, dateFrom]).toEqual(['litellm', null, null]);
    expect(leftOut).toEqual([
      { what: 'mode embedding', count: 1, examples: ['wren-embed'] },
      { what: 'mode image_generation', count: 1, examples: ['wren-paint'] },
    ]);
    expect(remarks).toEqual([
      {
        what: 'dearer above a length of the prompt: the price below it is used',
        count: 2,
        examples: ['cloud/heron-large', 'finch-tiers'],
      },
      { what: 'no price per token', count: 1, examples: ['finch-tiers'] },
    ]);
    const entries = byId(LITELLM);
    expect([...entries.keys()]).toEqual(['heron-large', 'cloud/heron-large', 'wren-mini-2026-02-14', 'finch-tiers']);
    expect(entries.get('heron-large')).toEqual({
      id: 'heron-large',
      model: 'heron-large',
      provider: 'heron',
      price: { input: 0.15, output: 0.6, cachedInput: 0.075, cacheWrite: 0.1875 },
      limits: { contextTokens: 128000, maxOutputTokens: 16384 },
      capabilities: { jsonMode: true, jsonSchema: true, tools: true, vision: true },
      source: 'prices.json',
      date: null,
    });
    expect(entries.get('cloud/heron-large')!.limits).toEqual({ contextTokens: 8000 });
    expect(entries.get('wren-mini-2026-02-14')!.price).toEqual({ input: 0.28, output: 1.1 });
    expect(entries.get('finch-tiers')).not.toHaveProperty('price');
  });

  it('of OpenRouter: texts become numbers, −1 is no price, and the newest entry dates it', () => {
    const { format, date, dateFrom, leftOut, remarks } = parse(OPENROUTER);
    expect([format, date, dateFrom]).toEqual(['openrouter', '2026-09-21', 'newest-entry']);
    expect(leftOut.map(({ what, examples }) => [what, ...examples])).toEqual([
      ['answers with image', 'finch/paints'],
      ['no id', 'entry 5'],
    ]);
    expect(remarks.map(({ what, examples }) => [what, ...examples])).toEqual([
      ['a fee per request besides: not in the price', 'finch/finch-1.5:free'],
      ['a negative price, as OpenRouter writes where it varies: no price', 'router/auto'],
    ]);
    const entries = byId(OPENROUTER);
    expect(entries.get('heron/heron-large')).toMatchObject({
      price: { input: 0.15, output: 0.6, cachedInput: 0.075 },
      limits: { contextTokens: 128000, maxOutputTokens: 16384 },
      capabilities: { jsonMode: true, jsonSchema: true, tools: true, vision: true, audio: true, reasoning: true },
      date: '2026-09-21',
    });
    expect(entries.get('finch/finch-1.5:free')).toMatchObject({
      price: { input: 0, output: 0 },
      capabilities: { jsonMode: true },
    });
    expect(entries.get('router/auto')).not.toHaveProperty('price');
  });

  it('of models.dev: providers before ids, no limit where 0 is written, no date from what is to come', () => {
    const { format, date, dateFrom, leftOut, remarks } = parse(MODELS_DEV);
    expect([format, date, dateFrom]).toEqual(['models.dev', '2026-05-02', 'newest-entry']);
    expect(leftOut).toEqual([{ what: 'answers with audio', count: 1, examples: ['heron/heron-speaks'] }]);
    expect(remarks.map(({ what, examples }) => [what, ...examples])).toEqual([
      ['dearer above a length of the prompt: the price below it is used', 'cloud/heron-large'],
      ['no price per token', 'cloud/wren-open'],
    ]);
    const entries = byId(MODELS_DEV);
    expect(entries.get('heron/heron-large')).toMatchObject({
      model: 'heron-large',
      provider: 'heron',
      price: { input: 0.15, output: 0.6, cachedInput: 0.075 },
      capabilities: { jsonMode: true, jsonSchema: true, tools: true, vision: true, reasoning: false },
    });
    expect(entries.get('cloud/heron-large')).toMatchObject({
      limits: { maxOutputTokens: 4096 },
      capabilities: { tools: true },
    });
    expect(entries.get('cloud/heron-large')!.limits).not.toHaveProperty('contextTokens');
  });

  it('counts prices and limits that cannot be read, and keeps the model', () => {
    const list = parse({
      a: { litellm_provider: 'x', input_cost_per_token: 'cheap', output_cost_per_token: 1 },
      b: { litellm_provider: 'x', input_cost_per_token: 1e-6, output_cost_per_token: 1e9, max_input_tokens: '8k' },
      c: 'nothing',
      ['x'.repeat(600)]: { litellm_provider: 'x' },
    });
    expect(list.entries.map(({ id, price }) => [id, price])).toEqual([
      ['a', undefined],
      ['b', undefined],
    ]);
    expect(list.remarks.map(({ what, count }) => [what, count])).toEqual([
      ['a price that is not an amount of dollars: no price', 2],
      ['a limit that is not a count of tokens: not used', 1],
    ]);
    expect(list.leftOut.map(({ what, count }) => [what, count])).toEqual([
      ['not an object', 1],
      ['an id that cannot be used', 1],
    ]);
  });

  it.each([
    ['a list of models without prices', { data: [{ id: 'heron-large', object: 'model' }] }],
    ['cards', { 'heron-large': { feature: 'A bird.', input_price: 1, output_price: 2 } }],
    ['nothing', {}],
    ['an array', []],
  ])('is not %s, and the error says where lists are', async (_, value) => {
    const error = await failureOf(() => parse(value));
    expect([error.code, error.message]).toEqual([
      'BAD_INPUT',
      'prices.json: is not a list of prices that is known here',
    ]);
    expect(error.hint).toContain('https://models.dev/api.json');
  });

  it('without a model that answers with text is refused', async () => {
    const error = await failureOf(() => parse({ e: { litellm_provider: 'x', mode: 'embedding' } }));
    expect(error.message).toBe('prices.json: holds no model that answers with text');
  });

  it('in a file has the date of the file where no entry bears one; the last of two entries counts', async () => {
    const path = join(root, 'litellm.json');
    const model = (input: number) =>
      `{"litellm_provider":"x","input_cost_per_token":${input},"output_cost_per_token":1e-6}`;
    writeFileSync(path, `{"a":${model(1e-6)},"b":${model(1e-6)},"a":${model(2e-6)}}`);
    utimesSync(path, now, new Date('2026-11-20T12:00:00Z'));
    const list = await readPriceList(path, { now });
    expect([list.date, list.dateFrom]).toEqual(['2026-11-20', 'modified']);
    expect(ageInDays(list.date!, now)).toBe(9);
    expect(list.entries.map(({ id, price }) => [id, price!.input])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    expect(list.remarks).toEqual([{ what: 'listed twice: the last one is used', count: 1, examples: ['a'] }]);
    writeFileSync(path, '{"a":');
    expect((await failureOf(() => readPriceList(path))).code).toBe('CORRUPT_FILE');
    expect((await failureOf(() => readPriceList(join(root, 'none.json')))).code).toBe('MISSING_FILE');
  });

  it('of any value is read with finite prices, or refused by an error of ours', () => {
    const names = [
      'data',
      'a',
      'models',
      'id',
      'pricing',
      'prompt',
      'completion',
      'litellm_provider',
      'mode',
      'cost',
      'limit',
      'input',
    ];
    const amount = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.string({ maxLength: 8 }),
      fc.constant('-1'),
      fc.constant('chat'),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        amount,
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 5 }),
      ),
    }));
    const near = fc.oneof(
      value,
      fc.record({
        data: fc.array(
          fc.record({
            id: value,
            created: value,
            pricing: fc.record({ prompt: amount, completion: amount }),
            architecture: value,
          }),
        ),
      }),
      fc.dictionary(
        fc.string({ minLength: 1 }),
        fc.record({
          litellm_provider: value,
          mode: value,
          input_cost_per_token: amount,
          output_cost_per_token: amount,
          max_input_tokens: value,
        }),
      ),
      fc.record({
        p: fc.record({
          models: fc.dictionary(
            fc.string(),
            fc.record({ limit: fc.record({ context: amount }), cost: value, last_updated: value }),
          ),
        }),
      }),
    );
    fc.assert(
      fc.property(near, (list) => {
        try {
          for (const { price, limits } of parse(list).entries)
            for (const number of numbersOf(price, limits))
              expect(Number.isFinite(number) && (number as number) >= 0).toBe(true);
        } catch (error) {
          if (!RouteProfileError.isInstance(error)) throw error;
          expect(error.hint).toBeTruthy();
        }
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});

describe('shifted', () => {
  it('moves the decimal point without the noise of binary fractions', () => {
    expect([1.5e-7, 1e-7, 5.7e-7, 2.19e-6, 0.000003, 0].map((dollars) => shifted(dollars, 6))).toEqual([
      0.15, 0.1, 0.57, 2.19, 3, 0,
    ]);
    expect(2.19e-6 * 1e6).not.toBe(2.19);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: -12, max: 0 }), (digits, power) => {
        expect(shifted(Number(`${digits}e${power - 6}`), 6)).toBe(Number(`${digits}e${power}`));
      }),
      { seed: 7 },
    );
  });
});
