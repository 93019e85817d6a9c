import { describe, expect, it } from 'vitest';
import { candidateSchema } from './artifacts.js';
import { runConfigSchema } from './config.js';
import { distinctNamesSchema } from './formats/common.js';
import { NUMBER_BOUNDS } from './formats/numbers.js';
import { outcomeRowSchema } from './formats/outcomes.js';
import { modelCardsFileSchema, routingRowSchema } from './formats/published.js';
import { fileSchemas, jsonSchema, type FileFormat } from './json-schema.js';
import { queryText } from './query.js';
import { queryTextOf } from './query-text.js';

describe('file formats', () => {
  it('keeps unknown fields', () => {
    const row = outcomeRowSchema.parse({
      id: 1,
      query: 'x',
      extra: { kept: true },
      models: { a: { score: 1, own: 2 } },
    });
    expect(row).toMatchObject({ id: '1', extra: { kept: true }, models: { a: { own: 2 } } });
  });

  it('takes null as not measured, and refuses NaN and wrong types', () => {
    expect(outcomeRowSchema.safeParse({ id: 'a', query: 'x', models: { a: { score: null } } }).success).toBe(true);
    for (const score of [NaN, Infinity, '1', undefined])
      expect(outcomeRowSchema.safeParse({ id: 'a', query: 'x', models: { a: { score } } }).success).toBe(false);
  });

  it('takes numbers within bounds that arithmetic and plots can bear, and says which', () => {
    const problemsOf = (outcome: Record<string, unknown>): string[] => {
      const parsed = outcomeRowSchema.safeParse({ id: 'a', query: 'x', models: { a: outcome } });
      return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    };
    for (const [field, { least, most, smallest }] of Object.entries({
      score: NUMBER_BOUNDS.score,
      cost: NUMBER_BOUNDS.cost,
      inputTokens: NUMBER_BOUNDS.tokens,
      outputTokens: NUMBER_BOUNDS.tokens,
      latency: NUMBER_BOUNDS.latency,
    })) {
      for (const good of [least, 0, smallest, most]) expect(problemsOf({ score: 1, [field]: good })).toEqual([]);
      for (const bad of [least - 1, smallest / 10, 5e-324, most * 10, 1e308])
        expect(problemsOf({ score: 1, [field]: bad })).toEqual([
          expect.stringContaining(`models.a.${field}: is ${bad}, expected `),
        ]);
      expect(Math.fround(smallest * smallest)).toBeGreaterThan(0);
      expect(Number.isFinite(Math.fround(1e6 * most * most))).toBe(true);
    }
    expect(problemsOf({ score: 1e40 })).toEqual(['models.a.score: is 1e+40, expected a score from -1e9 to 1e9']);
  });

  it('lets prices times tokens be a cost', () => {
    const most = (2 * NUMBER_BOUNDS.tokens.most * NUMBER_BOUNDS.price.most) / 1e6;
    expect(most).toBeLessThanOrEqual(NUMBER_BOUNDS.cost.most);
    const card = { feature: 'x', input_price: 1e300 };
    expect(modelCardsFileSchema.safeParse({ a: card }).success).toBe(false);
  });

  it('takes a card without a text and without scores', () => {
    const parsed = modelCardsFileSchema.parse({ a: { input_price: 1, output_price: 2 } });
    expect(parsed['a']).toMatchObject({ feature: '', detailed_scores: {}, input_price: 1 });
    expect(modelCardsFileSchema.safeParse({ a: { feature: null } }).success).toBe(false);
  });

  it('keeps all that is known of a candidate in a saved router', () => {
    const candidate = {
      id: 'a',
      model: 'a-1',
      price: { input: 1, output: 2, cachedInput: 0.1, cacheWrite: 1.25 },
      limits: { contextTokens: 8000, maxOutputTokens: 1000 },
      capabilities: { jsonMode: true, jsonSchema: true, tools: true, vision: false, audio: false, reasoning: true },
      latency: { firstToken: 0.2, perOutputToken: 0.01, total: 1.2, p90: 3.5 },
    };
    expect(candidateSchema.parse(candidate)).toEqual(candidate);
  });

  it('refuses names that no text file can hold, and models named twice', () => {
    for (const name of ['a\ud800', '\udc00a'])
      expect(outcomeRowSchema.safeParse({ id: 'a', query: 'x', models: { [name]: { score: 1 } } }).success).toBe(false);
    expect(outcomeRowSchema.safeParse({ id: 'a', query: 'x', models: { '😀': { score: 1 } } }).success).toBe(true);
    const models = (names: string[]) => distinctNamesSchema.safeParse(names).error?.issues[0];
    expect(models(['a', 'b'])).toBeUndefined();
    expect(models(['a', 'b', 'a'])).toMatchObject({ path: [2], message: '"a" occurs twice, expected once' });
  });

  it('takes chat messages for a query', () => {
    const query = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Name a river.' },
      { role: 'assistant', content: 'The Elbe.' },
      { role: 'user', content: 'Why?' },
    ] as const;
    const row = outcomeRowSchema.parse({ id: 'a', query, models: {} });
    expect(queryText(row.query)).toBe(queryTextOf(query)!.text);
    expect(queryText(row.query)).toBe('Why?');
    expect(queryText('  as it is ')).toBe('  as it is ');
    expect(queryText([query[0], query[2]])).toBeNull();
    expect(outcomeRowSchema.safeParse({ id: 'a', query: [], models: {} }).success).toBe(false);
  });

  it('refuses an empty name', () => {
    expect(modelCardsFileSchema.safeParse({ '': { feature: 'x' } }).success).toBe(false);
    expect(routingRowSchema.safeParse({ task_name: '', query: 'x', model_performance: {} }).success).toBe(false);
  });

  it('does not let __proto__ through as a model', () => {
    const parsed = modelCardsFileSchema.safeParse(JSON.parse('{"__proto__": {"feature": "x"}, "a": {"feature": "y"}}'));
    if (parsed.success) expect(Object.keys(parsed.data)).toEqual(['a']);
    expect(({} as Record<string, unknown>)['feature']).toBeUndefined();
  });

  it.each(Object.keys(fileSchemas) as FileFormat[])('gives a JSON Schema of %s', (format) => {
    const schema = jsonSchema(format);
    expect(schema).toMatchObject({ title: format, $schema: 'https://json-schema.org/draft/2020-12/schema' });
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });
});

describe('run config', () => {
  it('completes what is left out', () => {
    expect(runConfigSchema.parse({ data: 'd', profile: 'emb-gnn:hops=1', seed: [1, 2] })).toMatchObject({
      mode: 'standard',
      encoder: 'static-hash',
      graph: 'query-task',
      profile: [{ name: 'emb-gnn', options: { hops: 1 } }],
      seed: [1, 2],
    });
  });

  it('refuses unknown keys, so that a typing mistake is not a default', () => {
    expect(runConfigSchema.safeParse({ data: 'd', profiles: 'flat' }).success).toBe(false);
  });
});
