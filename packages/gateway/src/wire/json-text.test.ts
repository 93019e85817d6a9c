import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withMember } from './json-text.js';

describe('withMember', () => {
  it.each([
    ['{"model":"auto","n":1}', '{"model":"x","n":1}'],
    [' {\n  "n" : 1.50,\n  "model" : "auto"\n}\n', ' {\n  "n" : 1.50,\n  "model" : "x"\n}\n'],
    ['{"a":{"model":"in"},"model":null,"b":["model"]}', '{"a":{"model":"in"},"model":"x","b":["model"]}'],
    ['{"model":"one","model":{"two":[1]}}', '{"model":"x","model":"x"}'],
    ['{"mod\\u0065l":"auto"}', '{"mod\\u0065l":"x"}'],
    ['{"a":"\\"model\\":\\\\","model":12}', '{"a":"\\"model\\":\\\\","model":"x"}'],
    ['{"n":1}', '{"model":"x","n":1}'],
    ['{ }', '{"model":"x" }'],
  ])('changes %s to %s', (text, changed) => {
    expect(withMember(text, 'model', '"x"')).toBe(changed);
  });

  it('sets that member of any object, and leaves the rest as it is', () => {
    const objects = fc.dictionary(fc.oneof(fc.constantFrom('model', 'a'), fc.string()), fc.jsonValue(), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(objects, fc.constantFrom(undefined, 1), fc.jsonValue(), (object, indent, value) => {
        const changed = withMember(JSON.stringify(object, null, indent), 'model', JSON.stringify(value));
        const expected: unknown = JSON.parse(JSON.stringify({ ...object, model: value }));
        expect(JSON.parse(changed)).toEqual(expected);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
