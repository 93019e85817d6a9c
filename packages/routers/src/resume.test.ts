import {
  createMatrix,
  parseOptions,
  takeRows,
  type RouterInput,
  type RouterStrategy,
  type RunContext,
} from '@routeprofile/schema';
import { interruptAndResume, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { builtInRouters } from './built-in.js';

const { input: plain } = syntheticRouterInput();

/** With scores by key, which `attention` and one kind of co-training read: the training queries of the first rows are the keys. */
const KEYS = 6;
const { vectors } = plain.training.queries;
const input: RouterInput = {
  ...plain,
  profiles: {
    ...plain.profiles,
    keyed: {
      keys: takeRows(
        vectors!,
        Array.from({ length: KEYS }, (_, k) => k),
      ),
      labels: Array.from({ length: KEYS }, (_, k) => `query ${k}`),
      scores: createMatrix(
        plain.models.length,
        KEYS,
        Float32Array.from({ length: plain.models.length * KEYS }, (_, i) => ((i * 5) % 7) / 7),
      ),
    },
  },
};

/** Options that keep a fit short, of those that a router has. */
const SHORT = { hidden: 16, epochs: 3, folds: 2 };

/** Each way to fit a router: its defaults, and with every option that makes it train more. */
function waysToFit(router: RouterStrategy): Record<string, unknown>[] {
  const accepts = (raw: Record<string, unknown>) => router.options.safeParse(raw).success;
  const short = Object.fromEntries(Object.entries(SHORT).filter(([name, value]) => accepts({ [name]: value })));
  return [{}, { coTrain: 'adapter' }, { coTrain: 'residual' }, { coTrain: 'keyed' }]
    .map((more) => ({ ...short, ...more }))
    .filter((raw) => accepts(raw));
}

const cases = builtInRouters.flatMap((router) =>
  waysToFit(router).map((raw) => [`${router.name} ${JSON.stringify(raw)}`, router, raw] as const),
);

/** Trained by gradient, epoch by epoch: what they have learned so far must be kept. */
const BY_GRADIENT = ['mlp', 'graph'];

describe('a router that is interrupted while it is fitted', () => {
  it.each(cases)('%s: goes on to the same bytes', async (_, router, raw) => {
    const saved = async (ctx: RunContext) => {
      const { manifest, weights } = await (await router.fit(input, parseOptions(router, raw), ctx)).save();
      const bytes = Object.entries(weights).map(([name, { shape, data }]) => [
        name,
        shape,
        Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
      ]);
      return JSON.stringify([manifest, bytes]);
    };
    const { resumed, repeated, interruptions, kept } = await interruptAndResume(saved, 7);
    const whole = await saved({ seed: 7 });
    expect(resumed === whole).toBe(true);
    expect(repeated === whole).toBe(true);
    if (BY_GRADIENT.includes(router.name)) expect([interruptions, kept]).toEqual([2, 1]);
  });

  it('covers every router trained by gradient, co-trained as well', () => {
    const names = cases.map(([name]) => name);
    for (const router of BY_GRADIENT) expect(names.filter((name) => name.startsWith(`${router} `)).length).toBe(4);
  });
});
