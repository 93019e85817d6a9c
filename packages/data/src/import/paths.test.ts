import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPath } from '../disk/problems.js';
import { fieldAt, isFields, parsePath, recordsAt, valueAt } from './paths.js';

const key = fc.string({ maxLength: 12 }).filter((text) => text !== '__proto__');
const step = fc.oneof(key, fc.constantFrom('*', 'a.b', '0', '[x]', '"', ''), fc.nat({ max: 5 }));

describe('paths', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 5 }), (path) => {
        expect(parsePath(formatPath(path))).toEqual(path);
      }),
    );
  });

  it('lead to what was put there, whatever the keys', () => {
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 5 }), fc.integer(), (keys, value) => {
        const record = keys.reduceRight<unknown>((inner, name) => ({ [name]: inner, other: 0 }), value);
        expect(valueAt(record, keys)).toBe(keys.at(-1) === 'other' && keys.length > 0 ? valueAt(record, keys) : value);
      }),
    );
  });

  it.each<[string, unknown]>([
    ['a.b', 1],
    ['list[1].x', 2],
    ['list.1.x', 2],
    ['list[-1].x', 2],
    ['list.x', 1],
    ['any.*.value', 5],
    ['any.*.none', undefined],
    ['packed.deep.x', 7],
    ['packed.y', undefined],
    ['a.b.c', undefined],
    ['["k.l"]', 8],
    ['k.l', undefined],
    ['constructor', undefined],
  ])('%s', (text, value) => {
    const record = {
      a: { b: 1 },
      list: [{ x: 1 }, { x: 2 }],
      any: { empty: { value: null }, full: { value: 5 } },
      packed: '{"deep": {"x": 7}}',
      'k.l': 8,
    };
    expect(valueAt(record, parsePath(text)!)).toBe(value);
  });

  it('give way to a field of that very name', () => {
    const record = { 'a.b': 1, a: { b: 2 } };
    expect(fieldAt(record, 'a.b', parsePath('a.b'))).toBe(1);
    expect(fieldAt({ a: { b: 2 } }, 'a.b', parsePath('a.b'))).toBe(2);
  });

  it.each(['.', 'a.', '.a', 'a..b', 'a[', 'a[b]', 'a]', '["a', '["\\q"]'])('are not %s', (text) => {
    expect(parsePath(text)).toBeNull();
  });

  it('to records take lists apart, nested ones and those on the way', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const flat = (inner: unknown): unknown[] => (Array.isArray(inner) ? inner.flatMap(flat) : [inner]);
        expect([...recordsAt(value, [])]).toEqual(flat(value));
        expect([...recordsAt([{ r: value }, [{ r: value }]], ['r'])]).toEqual([...flat(value), ...flat(value)]);
        const members = isFields(value) ? Object.values(value).flatMap(flat) : [];
        if (isFields(value)) expect([...recordsAt(value, [null])]).toEqual(members);
      }),
    );
  });
});
