import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { meantNames, nearestName } from './misspelt.js';

describe('a misspelt name', () => {
  it.each([
    ['hop', 'hops'],
    ['fitler', 'filter'],
    ['valsplit', 'valSplit'],
    ['profiles', 'profile'],
    ['routr', 'router'],
  ])('%s is taken for %s', (written, meant) => {
    expect(nearestName(written, ['filter', 'hops', 'profile', 'router', 'valSplit'])).toBe(meant);
  });

  it('is taken for nothing where nothing is like it', () => {
    expect(nearestName('neighbours', ['k', 'temperature', 'ridge'])).toBeUndefined();
    expect(nearestName('a', [])).toBeUndefined();
  });

  it('is found at any depth, below lists, records, defaults and choices', () => {
    const inner = z.strictObject({ name: z.string(), options: z.record(z.string(), z.unknown()).optional() });
    const schema = z.strictObject({
      router: z.union([z.string(), z.array(z.union([z.string(), inner])).min(1)]).optional(),
      routes: z.record(z.string(), z.strictObject({ maxChars: z.number().optional() }).prefault({})).default({}),
    });
    const meant = (value: unknown) => meantNames(schema, schema.safeParse(value).error?.issues ?? []);
    expect(meant({ router: [{ name: 'knn', option: {} }] })).toEqual(["Did you mean 'options' rather than 'option'?"]);
    expect(meant({ routes: { a: { maxchar: 3 } }, ruoter: 'knn' })).toEqual([
      "Did you mean 'maxChars' rather than 'maxchar'?",
      "Did you mean 'router' rather than 'ruoter'?",
    ]);
    expect(meant({ elsewhere: 1 })).toEqual([]);
  });

  it('is never one that some form of a choice knows', () => {
    const price = z.strictObject({ input: z.number(), output: z.number() }).optional();
    const schema = z.record(
      z.string(),
      z.union([
        z.strictObject({ baseUrl: z.string(), wire: z.enum(['chat', 'messages']).optional(), price }),
        z.strictObject({ languageModel: z.string(), price }),
      ]),
    );
    const meant = (value: unknown) => meantNames(schema, schema.safeParse(value).error?.issues ?? []);
    expect(meant({ small: { baseUrl: 'x', price: { inputs: 0.1, output: 0.4 } } })).toEqual([
      "Did you mean 'input' rather than 'inputs'?",
    ]);
    expect(meant({ small: { baseUrl: 'x', wire: 'chatt' } })).toEqual([]);
    expect(meant({ small: { baseUrl: 'x', languageModel: 'y' } })).toEqual([]);
  });
});
