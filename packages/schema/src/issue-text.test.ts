import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { issueText } from './issue-text.js';

const saidOf = (schema: z.ZodType, value: unknown): string =>
  (schema.safeParse(value).error?.issues ?? []).map(issueText).join('; ');

const price = z.strictObject({ input: z.number() });
const own = z.custom<string>((value) => value === 'own', 'is not our own');

describe('issueText', () => {
  it.each<[what: string, schema: z.ZodType, value: unknown, text: string]>([
    ['a list that is missing', z.object({ rows: z.array(z.string()) }), {}, 'rows: missing; it must be a list'],
    ['null for a list', z.array(z.string()), null, 'must be a list, and is null'],
    ['text for a number', z.object({ k: z.number() }), { k: 'x' }, 'k: must be a number, and is text'],
    [
      'an object that names itself',
      z.array(z.int()),
      Object.create({ constructor: { name: 'a b' } }),
      'must be a list, and is an object of another kind',
    ],
    ['a list for text', z.string(), [], 'must be text, and is a list'],
    ['no number', z.number(), Number.NaN, 'must be a number, and is NaN'],
    ['no finite number', z.number(), Infinity, 'must be a number, and is Infinity'],
    ['a part of a number', z.int(), 1.5, 'must be a whole number'],
    ['too little', z.number().min(1), 0, 'must be at least 1'],
    ['not more than', z.number().positive(), 0, 'must be more than 0'],
    ['too much', z.number().max(3), 4, 'must be at most 3'],
    ['not less than', z.number().lt(1), 1, 'must be less than 1'],
    ['no text', z.string().min(1), '', 'must not be empty'],
    ['a short list', z.array(z.number()).min(2), [1], 'must have at least 2 entries'],
    ['a long list', z.array(z.number()).max(1), [1, 2], 'must have at most 1 entry'],
    ['long text', z.string().max(2), 'abc', 'must have at most 2 characters'],
    ['none of the words', z.enum(['a', 'b']), 'c', "must be one of 'a', 'b'"],
    ['another version', z.literal(1), 2, 'must be 1'],
    [
      'two forms',
      z.union([z.string(), z.number()]),
      true,
      'must be text, and is true or false; or must be a number, and is true or false',
    ],
    [
      'an unknown name deep in one of two forms',
      z.union([z.strictObject({ url: z.string(), price }), z.strictObject({ object: z.string(), price }), own]),
      { url: 'x', price: { inputs: 1 } },
      "price.input: missing; it must be a number; price: unknown name 'inputs'",
    ],
    [
      'a wrong word in the form whose other names are right',
      z.union([z.strictObject({ object: z.string() }), z.strictObject({ url: z.string(), wire: z.enum(['a']) }), own]),
      { url: 'x', wire: 'b' },
      "wire: must be 'a'",
    ],
    [
      'two unknown names',
      z.union([z.string(), z.array(z.union([z.string(), z.strictObject({ name: z.string() })]))]),
      [{ name: 'x', optoins: {}, more: 1 }],
      "0: unknown names 'optoins', 'more'",
    ],
    ['an unknown kind', z.discriminatedUnion('k', [z.object({ k: z.literal('a') })]), { k: 'z' }, "k: must be 'a'"],
    ['an unknown name', z.strictObject({ a: z.string() }), { a: 'x', b: 1 }, "unknown name 'b'"],
    ['words of the schema itself', z.number().min(1, 'give at least one'), 0, 'give at least one'],
    ['a pattern', z.string().regex(/^a/, 'begins with a'), 'b', 'begins with a'],
  ])('%s', (_, schema, value, text) => {
    expect(saidOf(schema, value)).toBe(text);
  });

  it('says something of whatever does not fit, and nothing of zod', () => {
    const schema = z.strictObject({ a: z.union([z.int(), z.array(z.string().min(1))]), b: z.enum(['x']).optional() });
    fc.assert(
      fc.property(fc.anything(), (value) => {
        if (schema.safeParse(value).success) return;
        const said = saidOf(schema, value);
        expect(said).not.toBe('');
        expect(said).not.toMatch(/received|Invalid|undefined,/);
      }),
    );
  });
});
