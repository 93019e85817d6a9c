import {
  createMatrix,
  decisionsFromScores,
  parseOptions,
  RouteProfileError,
  type Decision,
  type QueryBatch,
  type RankedModel,
  type Router,
} from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { builtInWrappers } from './built-in.js';
import { withCalibration } from './calibrate.js';
import { withCascade } from './cascade.js';
import { withCost } from './cost.js';
import { withEstimates } from './estimate.js';
import { withFallback } from './fallback.js';
import { looksSimple, withHeuristic } from './heuristic.js';
import { parityGate } from './parity.js';
import { replayCascade } from './replay.js';
import { withThreshold } from './threshold.js';

const MODELS = ['small', 'middle', 'large'];
/** The large model leads; each is likelier right and dearer than the one before. */
const RANKED: RankedModel[] = [
  { model: 'large', score: 0.9, probability: 0.9, expectedCost: 0.01 },
  { model: 'middle', score: 0.8, probability: 0.8, expectedCost: 0.002 },
  { model: 'small', score: 0.6, probability: 0.6, expectedCost: 0.0001 },
];

const always = (ranked: RankedModel[]): Router => ({
  models: MODELS,
  decide: async ({ texts }) => texts.map((): Decision => ({ model: ranked[0]!.model, ranked, reasons: [] })),
  save: () => Promise.reject(new Error('not saved here')),
});
const first = async (router: Router, queries: QueryBatch = { texts: ['?'] }) => (await router.decide(queries))[0]!;
const order = ({ ranked }: Decision) => ranked.map(({ model }) => model);
const failure = async (run: () => Promise<unknown>) => {
  const error = await run().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return RouteProfileError.isInstance(error) ? error : undefined;
};

it('built-in wrappers have different names, and options with defaults', () => {
  expect(builtInWrappers.map(({ name }) => name)).toEqual([
    'calibrate',
    'estimate',
    'cost',
    'threshold',
    'cascade',
    'constraints',
    'fallback',
    'parity',
    'heuristic',
    'pareto',
    'retrieve',
  ]);
  for (const wrapper of builtInWrappers) expect(() => parseOptions(wrapper, {})).not.toThrow();
  const cost = builtInWrappers.find(({ name }) => name === 'cost')!;
  expect(() => parseOptions(cost, { lambda: 1, budget: 2 })).toThrow(/one of lambda, budget and within/);
});

describe('cost', () => {
  it('weighs chance against dollars, and says so', async () => {
    const decision = await first(withCost(always(RANKED), { lambda: 20 }));
    expect(order(decision)).toEqual(['middle', 'large', 'small']);
    expect(decision.ranked.map(({ score }) => score.toFixed(4))).toEqual(['0.7600', '0.7000', '0.5980']);
    expect(decision.reasons[0]!.text).toBe(
      'middle (chance 0.80, $0.002) instead of large (chance 0.90, $0.01) at λ = 20',
    );
    expect((await first(withCost(always(RANKED), { lambda: 1000 }))).model).toBe('small');
  });

  it('is the router itself at λ = 0', async () => {
    expect(await first(withCost(always(RANKED), { lambda: 0 }))).toEqual(await first(always(RANKED)));
    // In the place of another λ, 0 is one like any other.
    const thrifty = withCost(always(RANKED), { lambda: 1000 });
    expect((await first(withCost(thrifty, { lambda: 0 }))).model).toBe('small');
    const undone = await first(withCost(thrifty, { lambda: 0, instead: true }));
    expect(undone.model).toBe((await first(always(RANKED))).model);
    expect(undone.reasons[0]?.text).toMatch(/instead of small .* at λ = 0$/);
  });

  it('asks a function for λ once per batch, and may be told 0', async () => {
    const asked = [20, 0, 1000];
    const router = withCost(always(RANKED), { lambda: () => asked.shift()! });
    const batch = await router.decide({ texts: ['?', '?', '?'] });
    expect(batch.map(({ model }) => model)).toEqual(['middle', 'middle', 'middle']);
    expect(await first(router)).toEqual(await first(always(RANKED)));
    expect((await first(router)).model).toBe('small');
    const undone = withCost(withCost(always(RANKED), { lambda: 1000 }), { lambda: () => 0, instead: true });
    expect((await first(undone)).model).toBe('large');
    for (const wrong of [NaN, -1, Infinity])
      expect((await failure(() => first(withCost(always(RANKED), { lambda: () => wrong }))))?.code).toBe('BAD_OPTION');
  });

  it('counts an unknown cost as the dearest, and refuses where none is known', async () => {
    const unknown = RANKED.map(({ expectedCost, ...entry }) =>
      entry.model === 'small' ? entry : { ...entry, expectedCost: expectedCost! },
    );
    expect(order(await first(withCost(always(unknown), { lambda: 1000 })))).toEqual(['middle', 'large', 'small']);
    const bare = RANKED.map(({ model, score }) => ({ model, score }));
    expect((await failure(() => withCost(always(bare), { lambda: 1 }).decide({ texts: ['?'] })))?.code).toBe(
      'UNSUPPORTED',
    );
  });

  it('works in score units where there are no chances', async () => {
    const scored = RANKED.map(({ probability: _probability, ...entry }) => ({ ...entry, score: entry.score * 10 }));
    expect((await first(withCost(always(scored), { lambda: 20 }))).model).toBe('large');
    expect((await first(withCost(always(scored), { lambda: 200 }))).model).toBe('middle');
  });
});

describe('annotations', () => {
  const bare = RANKED.map(({ model, score }) => ({ model, score }));
  const calibration = {
    models: MODELS,
    curve: { method: 'temperature' as const, link: 'identity' as const, slope: 0, offset: 0 },
    crossValidation: [],
  };

  it('put chances beside scores, keep what is there, and keep a scoring router scoring', async () => {
    const scoring = Object.assign(always(bare), { score: async () => createMatrix(1, 3) });
    const wrapped = withCalibration(scoring, calibration);
    expect('score' in wrapped).toBe(true);
    expect((await first(wrapped)).ranked.map(({ probability }) => probability)).toEqual([0.5, 0.5, 0.5]);
    expect(order(await first(wrapped))).toEqual(order(await first(always(bare))));
    expect((await first(withCalibration(always(RANKED), calibration))).ranked[0]!.probability).toBe(0.9);
    expect(withCalibration(scoring, null)).toBe(scoring);
  });

  it('put cost and latency beside scores; what is unknown is absent', async () => {
    const stated = [
      { price: { input: 0, output: 10 }, latency: { total: 3 }, use: { output: 100 }, tasks: {} },
      { use: {}, tasks: {} },
    ];
    const wrapped = withEstimates(always(bare), { models: ['large', 'small'], cost: null, latency: null, stated });
    const decision = await first(wrapped);
    expect(decision.ranked).toEqual([{ ...bare[0]!, expectedCost: 0.001, expectedLatency: 3 }, bare[1]!, bare[2]!]);
    expect(decision.reasons[0]!.text).toBe('expected of the call: $0.001, 3.0 s');
  });
});

describe('threshold', () => {
  const both = { cheap: 'small', strong: 'large', unit: 'chance' as const };
  it('takes the cheap model when it is likely enough right', async () => {
    const low = await first(withThreshold(always(RANKED), { ...both, threshold: 0.6 }));
    expect(order(low)).toEqual(['small', 'large', 'middle']);
    expect(low.reasons[0]!.text).toBe('small is right with chance 0.60, at least 0.60');
    expect((await first(withThreshold(always(RANKED), { ...both, threshold: 0.7 }))).model).toBe('large');
    const lead = { ...both, unit: 'lead' as const, threshold: -0.4 };
    expect((await first(withThreshold(always(RANKED), lead))).model).toBe('small');
  });

  it('goes round a model that may not answer, and knows its models', async () => {
    const without = RANKED.slice(0, 2);
    expect((await first(withThreshold(always(without), { ...both, threshold: 0 }))).model).toBe('large');
    expect(() => withThreshold(always(RANKED), { ...both, cheap: 'tiny', threshold: 0 })).toThrow(
      /no model is called tiny/,
    );
    const unsaid = RANKED.map(({ model, score }) => ({ model, score }));
    const wrapped = withThreshold(always(unsaid), { ...both, threshold: 0.5 });
    expect((await failure(() => wrapped.decide({ texts: ['?'] })))?.code).toBe('UNSUPPORTED');
  });
});

describe('cascade', () => {
  it('goes up the ladder to the first that is likely enough right', async () => {
    const at = async (threshold: number) => first(withCascade(always(RANKED), { models: MODELS, threshold }));
    expect([(await at(0.5)).model, (await at(0.7)).model, (await at(0.95)).model]).toEqual([
      'small',
      'middle',
      'large',
    ]);
    expect((await at(0.7)).reasons[0]!.text).toBe('middle is right with chance 0.80, at least 0.70; small is not');
  });

  it('replays on recorded outcomes, every step paid', () => {
    const replay = replayCascade({
      ladder: [0, 2],
      models: 3,
      threshold: 0.5,
      confidences: Float64Array.of(0.9, 0, 0.1, 0.2),
      scores: Float64Array.of(1, 0, 1, 0, 0, 0.5),
      costs: Float64Array.of(1, 5, 10, 2, 5, 20),
    });
    expect([...replay.choices]).toEqual([0, 2]);
    expect([...replay.scores]).toEqual([1, 0.5]);
    expect([...replay.costs]).toEqual([1, 22]);
    expect([...replay.calls]).toEqual([1, 2]);
  });
});

describe('fallback', () => {
  it('goes on to the next by score, and asks what is down for each batch', async () => {
    let down: string[] = [];
    const wrapped = withFallback(always(RANKED), { down: () => down });
    expect((await first(wrapped)).model).toBe('large');
    down = ['large'];
    const decision = await first(wrapped);
    expect(order(decision)).toEqual(['middle', 'small']);
    expect(decision.reasons[0]!.text).toBe('large is down; middle is next by score');
    down = MODELS;
    expect((await failure(() => wrapped.decide({ texts: ['?'] })))?.code).toBe('UNSUPPORTED');
  });

  it('goes on to the model most like the one that is down', async () => {
    const likeness = { models: MODELS, profiles: createMatrix(3, 2, Float32Array.of(1, 1, -1, 0, 1, 0)) };
    expect((await first(withFallback(always(RANKED), { down: ['large'], likeness }))).model).toBe('small');
    const part = { models: ['large'], profiles: createMatrix(1, 2, Float32Array.of(1, 0)) };
    const decision = await first(withFallback(always(RANKED), { down: ['large'], likeness: part }));
    // Neither has a profile: equal, by the order of models.
    expect(order(decision)).toEqual(['small', 'middle']);
    expect((await first(withFallback(always(RANKED), { down: ['small'], likeness }))).model).toBe('large');
  });
});

describe('parity gate', () => {
  const gate = { threshold: 0.85, coverage: 0.5, agreement: 1, bound: 0.96 };
  it('lets the surrogate answer where it is sure, and the teacher elsewhere', async () => {
    expect((await first(parityGate(always(RANKED), 'middle', gate))).model).toBe('large');
    const unsure = await first(parityGate(always(RANKED), 'middle', { ...gate, threshold: 0.95 }));
    expect(order(unsure)).toEqual(['middle', 'large', 'small']);
    expect((await first(parityGate(always(RANKED), 'middle', { ...gate, threshold: null }))).model).toBe('middle');
  });

  it('asks a teaching router only the rest', async () => {
    const asked: string[][] = [];
    const teacher: Router = {
      ...always(RANKED),
      decide: async ({ texts }) => {
        asked.push([...texts]);
        return decisionsFromScores(MODELS, createMatrix(texts.length, 3, new Float32Array(3 * texts.length).fill(1)));
      },
    };
    const surrogate: Router = {
      ...always(RANKED),
      decide: async ({ texts }) =>
        texts.map((text) => ({
          model: 'large',
          ranked: RANKED.map((entry) => ({ ...entry, probability: text === 'sure' ? 0.9 : 0.2 })),
          reasons: [],
        })),
    };
    const decisions = await parityGate(surrogate, teacher, gate).decide({ texts: ['sure', 'not', 'sure', 'no'] });
    expect(decisions.map(({ model }) => model)).toEqual(['large', 'small', 'large', 'small']);
    expect(asked).toEqual([['not', 'no']]);
  });
});

describe('heuristic', () => {
  it('knows a short line without code', () => {
    for (const text of ['What is the capital of France?', 'Define entropy (briefly).', ' Who let the dogs out?\n'])
      expect([text, looksSimple(text, 160)]).toEqual([text, true]);
    for (const text of ['x'.repeat(161), 'one\ntwo', 'def f(x)', 'fix `a();`', 'SELECT * FROM t', 'why is <b> bold?'])
      expect([text, looksSimple(text, 160)]).toEqual([text, false]);
  });

  it('sends it to the cheap model', async () => {
    const wrapped = withHeuristic(always(RANKED), { cheap: 'small', maxCharacters: 160 });
    expect((await first(wrapped)).model).toBe('small');
    expect((await first(wrapped, { texts: ['a\nb'] })).model).toBe('large');
  });
});

it('a router wrapped by a function says how to save it', async () => {
  expect((await failure(() => withCost(always(RANKED), { lambda: 1 }).save()))?.hint).toMatch(/wrapStrategy/);
});
