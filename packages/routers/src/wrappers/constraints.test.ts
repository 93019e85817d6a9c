import {
  decisionsFromScores,
  parseOptions,
  RouteProfileError,
  whatLacks,
  type Offer,
  type Requirements,
  type Router,
} from '@routeprofile/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constraintsWrapper, withConstraints } from './constraints.js';
import { withCost } from './cost.js';
import { personalData } from './pii.js';
import { withThreshold } from './threshold.js';

const MODELS = ['a', 'b', 'c'];
const router: Router = {
  models: MODELS,
  decide: async ({ texts }) =>
    texts.flatMap(() => {
      const [decision] = decisionsFromScores(MODELS, { rows: 1, cols: 3, data: Float32Array.of(0.9, 0.5, 0.1) });
      return [
        { ...decision!, ranked: decision!.ranked.map((e, i) => ({ ...e, probability: e.score, expectedCost: 3 - i })) },
      ];
    }),
  save: () => Promise.reject(new Error('not saved here')),
};
const settings = (given: Record<string, unknown> = {}) => parseOptions(constraintsWrapper, given);
const ask = async (
  offers: Record<string, Offer>,
  given: Record<string, unknown>,
  requirements: Requirements | null,
  text = 'hi',
) =>
  (await withConstraints(router, offers, settings(given)).decide({ texts: [text], requirements: [requirements] }))[0]!;

describe('constraints', () => {
  it('leave out what lacks something, and say what', async () => {
    const none = { capabilities: {} };
    const offers = { a: { limits: { contextTokens: 10 }, ...none }, b: { capabilities: { jsonMode: true } }, c: none };
    const long = await ask(offers, {}, null, 'x'.repeat(100));
    expect(long.model).toBe('b');
    expect(long.reasons[0]!.text).toBe('left out a: context of 10 tokens, about 25 needed');
    const json = await ask(offers, { json: true }, null);
    expect(json.ranked.map(({ model }) => model)).toEqual(['b']);
    expect((await ask(offers, {}, null)).ranked.length).toBe(3);
    expect((await ask(offers, {}, { contextTokens: 6, outputTokens: 6 })).model).toBe('b');
  });

  it('stop where nothing fits, unless the best may answer all the same', async () => {
    const none = { capabilities: {} };
    const offers = { a: none, b: none, c: none };
    const error = await ask(offers, {}, { vision: true }).catch((reason: unknown) => reason);
    expect(RouteProfileError.isInstance(error) && [error.code, error.details]).toEqual([
      'UNSUPPORTED',
      ['a: no vision', 'b: no vision', 'c: no vision'],
    ]);
    expect(String(error)).toContain('constraints: no model fulfils the query');
    expect((await ask(offers, { onEmpty: 'best' }, { vision: true })).model).toBe('a');
  });

  it('take models that declare nothing for chat models, which are never local', async () => {
    expect((await ask({}, {}, { vision: true, tools: true })).model).toBe('a');
    await expect(ask({}, { local: true }, null)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    const json = { a: { capabilities: { jsonMode: true } }, b: { capabilities: { jsonSchema: true } } };
    expect((await ask(json, {}, { jsonSchema: true })).model).toBe('b');
  });

  it('keep personal data at home', async () => {
    const offers = { c: { capabilities: { local: true } } };
    const decision = await ask(offers, { pii: true }, null, 'write to jane.doe@example.org');
    expect(decision.model).toBe('c');
    expect(decision.reasons[0]!.text).toMatch(/^the text holds personal data \(email\)/);
    expect((await ask(offers, { pii: true }, null, 'write to Jane')).model).toBe('a');
  });

  it('are never violated, whatever is wrapped around', async () => {
    const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
    const capabilities = fc.record({
      jsonMode: maybe(fc.boolean()),
      tools: maybe(fc.boolean()),
      vision: maybe(fc.boolean()),
      local: maybe(fc.boolean()),
      region: maybe(fc.constantFrom('eu', 'us')),
    });
    const limits = fc.record({
      contextTokens: maybe(fc.integer({ min: 1, max: 20 })),
      maxOutputTokens: maybe(fc.integer({ min: 1, max: 20 })),
    });
    const offer = fc.record({ capabilities, limits });
    const requirement = fc.record({
      jsonMode: maybe(fc.boolean()),
      tools: maybe(fc.boolean()),
      vision: maybe(fc.boolean()),
      local: maybe(fc.boolean()),
      region: maybe(fc.constantFrom('eu', 'us')),
      contextTokens: fc.integer({ min: 0, max: 20 }),
      outputTokens: fc.integer({ min: 0, max: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.tuple(offer, offer, offer), requirement, async (list, needed) => {
        const offers = Object.fromEntries(MODELS.map((model, m) => [model, list[m]!]));
        const fits = MODELS.filter((model) => whatLacks(offers[model]!, needed) === null);
        const inner = withConstraints(router, offers, settings());
        const outer = withThreshold(withCost(inner, { lambda: 1 }), {
          cheap: 'c',
          strong: 'a',
          threshold: 0.5,
          unit: 'chance',
        });
        for (const wrapped of [inner, outer]) {
          const decisions = await wrapped
            .decide({ texts: ['?'], requirements: [needed] })
            .catch((error: unknown) => error);
          if (fits.length === 0) expect(RouteProfileError.isInstance(decisions)).toBe(true);
          else
            expect(
              (decisions as { ranked: { model: string }[] }[])[0]!.ranked.map(({ model }) => model).sort(),
            ).toEqual(fits);
        }
      }),
    );
  });
});

describe('personal data', () => {
  it('is found in what looks like it and passes its check', () => {
    expect(personalData('mail jane.doe+x@mail.example.co.uk today')).toEqual(['email']);
    expect(personalData('IBAN DE89 3704 0044 0532 0130 00.')).toContain('iban');
    expect(personalData('GB29NWBK60161331926819')).toEqual(['iban']);
    expect(personalData('card 4111 1111 1111 1111, please')).toContain('card');
    expect(personalData('SSN 123-45-6789')).toEqual(['ssn']);
    for (const phone of ['call +49 30 901820', 'call (415) 555-0132', 'call 415-555-0132!', '+1 415 555 0132'])
      expect([phone, personalData(phone)]).toEqual([phone, ['phone']]);
  });

  it('is not found in plain numbers, dates, code or mathematics', () => {
    const texts = [
      'In 1969, 12 + 30 = 42, and pi is 3.14159265358979.',
      'card 4111 1111 1111 1112',
      'on 2024-05-17 at 10:30, version 1.2.3-456',
      'a @ b, user@localhost, DE00 0000 0000 0000 0000 00',
      '000-12-3456 and 666-12-3456',
      'x = [1, 2, 3, 4, 5, 6, 7, 8]; y = 1e10; 1000000007',
      '+5 and +12 - 3',
    ];
    for (const text of texts) expect([text, personalData(text)]).toEqual([text, []]);
  });

  // With a pattern that can cut a number in many ways these would take hours.
  it('is looked for in one pass, whatever the text repeats', () => {
    const units = ['a@', '1 ', '1-', '+1 ', 'A1', 'AB12 ', '(1', 'a.', ` +${'1'.repeat(33)}x`, `+${'1'.repeat(9)}`];
    for (const unit of units) {
      const text = `${unit}x`.repeat(200_000);
      expect([unit, personalData(`${text} call +49 30 901820`).includes('phone')]).toEqual([unit, true]);
    }
    expect(personalData(` +${'1'.repeat(33)}x`.repeat(100_000))).toEqual([]);
  });
});
