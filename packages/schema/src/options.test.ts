import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  formatStrategyReference,
  parseNamedReference,
  parseOptions,
  partOptions,
  parseStrategyList,
  parseStrategyReference,
} from './options.js';

describe('strategy references', () => {
  it('reads a name with options', () => {
    expect(parseStrategyReference('emb-gnn:hops=2:norm=sym:val-split=0.1:compat=true')).toEqual({
      name: 'emb-gnn',
      options: { hops: 2, norm: 'sym', valSplit: 0.1, compat: true },
    });
  });

  it('leaves colons in paths and package names alone', () => {
    expect(parseStrategyReference('C:\\plugins\\router.js:alpha=1')).toEqual({
      name: 'C:\\plugins\\router.js',
      options: { alpha: 1 },
    });
    expect(parseStrategyReference('file:///x/router.mjs').name).toBe('file:///x/router.mjs');
  });

  it('reads a name that neither wrappers nor a graph can follow', () => {
    expect(parseNamedReference('openai:my+tuned@main:batch=2')).toEqual({
      name: 'openai:my+tuned@main',
      options: { batch: 2 },
    });
    expect(() => parseNamedReference(':batch=2')).toThrow('names no strategy');
  });

  it('reads a graph of its own, and leaves scopes and versions alone', () => {
    expect(parseStrategyReference('emb-gnn@task:hops=2')).toEqual({
      name: 'emb-gnn',
      graph: 'task',
      options: { hops: 2 },
    });
    expect(parseStrategyReference('@scope/profile@query-task')).toEqual({
      name: '@scope/profile',
      graph: 'query-task',
      options: {},
    });
    for (const name of ['@scope/profile', 'profile@1.2.0'])
      expect(parseStrategyReference(name)).toEqual({ name, options: {} });
    expect(formatStrategyReference({ name: 'emb-gnn', graph: 'task', options: { hops: 2 } })).toBe(
      'emb-gnn@task:hops=2',
    );
  });

  it('refuses nonsense', () => {
    expect(() => parseStrategyReference('')).toThrow('names no strategy');
    expect(() => parseStrategyReference('a:x=1:x=2')).toThrow(
      expect.objectContaining({
        message: "'a:x=1:x=2': option x cannot be given twice",
        hint: 'Give each option once.',
      }),
    );
    expect(() => parseStrategyReference('a:constructor=1')).toThrow('cannot be given');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('reads lists', () => {
    expect(parseStrategyList('index, flat,emb-gnn:hops=1').map((x) => x.name)).toEqual(['index', 'flat', 'emb-gnn']);
  });

  it('says that options are joined with a colon', () => {
    const joined = (reference: string) => ({
      code: 'BAD_OPTION',
      hint: expect.stringContaining(`Options are joined with a colon, not a comma: ${reference}.`) as string,
    });
    expect(() => parseStrategyList('flat,knn:k=5, temperature=0.1+cost:lambda=2')).toThrow(
      expect.objectContaining(joined('knn:k=5:temperature=0.1+cost:lambda=2')),
    );
    const knn = {
      name: 'knn',
      options: z.strictObject({ k: z.number().default(5), temperature: z.number().optional() }),
    };
    const { options } = parseStrategyReference('knn:k=5,temperature=0.1');
    expect(() => parseOptions(knn, options)).toThrow(expect.objectContaining(joined('k=5:temperature=0.1')));
    const around = { name: 'around', options: z.strictObject({ inner: partOptions(knn) }) };
    expect(() => parseOptions(around, { inner: options })).toThrow(
      expect.objectContaining(joined('k=5:temperature=0.1')),
    );
  });

  it('never throws anything but its own error, and round trips', () => {
    const key = fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,8}$/).filter((k) => k !== 'constructor');
    const value = fc.oneof(
      fc.boolean(),
      fc.integer(),
      fc.stringMatching(/^[a-z/.]{1,10}$/).filter((s) => !['true', 'false', 'null'].includes(s)),
    );
    fc.assert(
      fc.property(
        fc.stringMatching(/^@?[a-z/-]{1,12}$/),
        fc.dictionary(key, value, { noNullPrototype: true }),
        (name, options) => {
          expect(parseStrategyReference(formatStrategyReference({ name, options }))).toEqual({ name, options });
        },
      ),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseStrategyReference(text);
        } catch (error) {
          expect(error).toMatchObject({ name: 'RouteProfileError', code: 'BAD_OPTION' });
        }
      }),
    );
  });
});

describe('parseOptions', () => {
  const strategy = {
    name: 'mlp',
    options: z.strictObject({ epochs: z.number().int().min(1).default(20), lr: z.number().default(1e-4) }),
  };

  it('completes options', () => {
    expect(parseOptions(strategy, { epochs: 3 })).toEqual({ epochs: 3, lr: 1e-4 });
    expect(parseOptions(strategy, undefined)).toEqual({ epochs: 20, lr: 1e-4 });
  });

  it('names strategy and option', () => {
    expect(() => parseOptions(strategy, { epochs: 0, depth: 1 })).toThrow(/^mlp: .*epochs.*/);
    try {
      parseOptions(strategy, { depth: 1 });
    } catch (error) {
      expect(error).toMatchObject({ code: 'BAD_OPTION', hint: 'Options of mlp: epochs, lr.' });
    }
  });

  it('names the options of the part that a wrong one was given to', () => {
    const pace = z.union([z.number().min(1), z.strictObject({ perSecond: z.number().min(1) })]);
    const engine = { name: 'engine', options: z.strictObject({ power: z.number().min(1), pace: pace.default(1) }) };
    const whole = {
      name: 'car',
      options: z.strictObject({ colour: z.string().default('red'), engine: partOptions(engine, { power: 5 }) }),
    };
    expect(parseOptions(whole, {})).toEqual({ colour: 'red', engine: { power: 5, pace: 1 } });
    const refused = (raw: unknown) => {
      try {
        return parseOptions(whole, raw);
      } catch (error) {
        return error;
      }
    };
    expect(refused({ engine: { power: 1, wheels: 4 } })).toMatchObject({
      code: 'BAD_OPTION',
      message: "car: engine: unknown name 'wheels'",
      hint: 'Options of engine: power, pace.',
    });
    expect(refused({ engine: { power: 1, pace: { perSecond: 0 } } })).toMatchObject({
      message: expect.stringMatching(/^car: engine\.pace\.perSecond: /) as unknown,
    });
    expect(refused({ colour: 1, engine: { power: 0 } })).toMatchObject({
      hint: 'Option colour of car: text (default: "red"). Option power of engine: number, at least 1.',
    });
    expect(refused({ engine: { power: 1, pase: 4 } })).toMatchObject({
      hint: "Did you mean 'pace' rather than 'pase'? Options of engine: power, pace.",
    });
  });

  it('names the options that a message is about, where it spans several', () => {
    const cost = {
      name: 'cost',
      options: z
        .strictObject({ lambda: z.number().min(0).optional(), budget: z.number().gt(0).optional(), margin: z.number() })
        .refine(({ lambda, budget }) => lambda === undefined || budget === undefined, 'give one of lambda and budget'),
    };
    expect(() => parseOptions(cost, { lambda: 1, budget: 1, margin: 0 })).toThrow(
      expect.objectContaining({
        hint: 'Option lambda of cost: number, at least 0. Option budget of cost: number, above 0.',
      }),
    );
  });

  it('reads wrappers around a router, innermost first, and writes them again', () => {
    const text = 'knn:k=20+calibrate+cost:budget=0.002:lambda=1e+2';
    const reference = parseStrategyReference(text);
    expect(reference).toEqual({
      name: 'knn',
      options: { k: 20 },
      wrappers: [
        { name: 'calibrate', options: {} },
        { name: 'cost', options: { budget: 0.002, lambda: 100 } },
      ],
    });
    expect(parseStrategyReference(formatStrategyReference(reference))).toEqual(reference);
    expect(() => parseStrategyReference('+cost')).toThrow(/names no strategy/);
  });
});
