import {
  createRandom,
  parseOptions,
  parseStrategyReference,
  type Decision,
  type RouterInput,
  type RouterStrategy,
} from '@routeprofile/schema';
import { syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { knnRouter } from '../knn/knn.js';
import { simRouter } from '../sim/sim.js';
import { builtInWrappers } from './built-in.js';
import { dollars } from './figures.js';
import { wrapStrategy } from './wrap-strategy.js';

/** Every built-in wrapper, so set that it often changes the choice where it can, and compositions. */
const WRAPPERS: Record<string, string[]> = {
  calibrate: ['+calibrate'],
  estimate: ['+estimate'],
  cost: ['+cost:lambda=150', '+estimate+cost:lambda=60', '+calibrate+estimate+cost:lambda=150'],
  threshold: ['+threshold', '+cost:lambda=40+threshold:threshold=0.5', '+estimate+threshold'],
  cascade: ['+cascade', '+calibrate+cascade:threshold=0.6', '+cost:lambda=100+cascade:threshold=0.7'],
  constraints: ['+calibrate+estimate+constraints:local=true:onEmpty=best', '+cost:lambda=100+constraints:local=true'],
  fallback: ['+estimate+fallback:down=model-1;model-2', '+calibrate+estimate+fallback:down=model-1:next=profile'],
  parity: ['+parity:alpha=0.8', '+estimate+parity:alpha=0.5', '+cost:lambda=20+parity:alpha=0.6'],
  heuristic: [
    '+calibrate+estimate+heuristic',
    '+cost:lambda=20+heuristic:cheap=model-2',
    '+estimate+heuristic+fallback:down=model-0',
  ],
  pareto: ['+pareto:quality=1:cost=1:latency=0.5', '+estimate+pareto', '+cost:lambda=60+pareto:quality=1:cost=3'],
  retrieve: ['+retrieve:n=2', '+retrieve:n=2+estimate'],
};
const routers = [knnRouter, simRouter] as readonly RouterStrategy[];
/** `knn` scores no model by itself, which retrieval needs. */
const routersFor = (suffix: string) => routers.filter(({ name }) => name !== 'knn' || !suffix.includes('+retrieve'));

function problem(seed: number) {
  const { input, queries } = syntheticRouterInput({ seed, models: 4, queries: 90 });
  const random = createRandom(seed, 'costs');
  input.training.outcomes!.cost.forEach((_, k, all) => (all[k] = 0.001 * (1 + ((k * 3) % 4)) * (0.5 + random.float())));
  input.training.outcomes!.latency.forEach((_, k, all) => (all[k] = 0.4 * (4 - (k % 4)) * (0.5 + random.float())));
  const candidates = input.candidates.map((each, m) => ({ ...each, capabilities: { local: m % 2 === 0 } }));
  return { input: { ...input, candidates } satisfies RouterInput, queries };
}

/** What a text states of a model: chances, dollars, seconds and scores, as they are written. */
const figuresIn = (text: string) => [
  ...[...text.matchAll(/chance (\d[\d.]*)/g)].map(([, figure]) => ['probability', figure!] as const),
  ...[...text.matchAll(/\$\d[\d.e-]*/g)].map(([figure]) => ['expectedCost', figure] as const),
  ...[...text.matchAll(/([\d.]+) s\b/g)].map(([, figure]) => ['expectedLatency', figure!] as const),
  ...[...text.matchAll(/(?:score|mean outcome|cosine) (-?\d[\d.]*)/g)].map(([, figure]) => ['score', figure!] as const),
];

/** The figures of the chosen model in the end, written likewise. @param score by the router inside */
function figuresOf({ model, ranked }: Decision, score: number): Record<string, string | undefined> {
  const entry = ranked.find((each) => each.model === model)!;
  return {
    probability: entry.probability?.toFixed(2),
    expectedCost: entry.expectedCost === undefined ? undefined : dollars(entry.expectedCost),
    expectedLatency: entry.expectedLatency?.toFixed(1),
    score: score.toFixed(3),
  };
}

it('every built-in wrapper is among those tried', () => {
  expect(Object.keys(WRAPPERS)).toEqual(builtInWrappers.map(({ name }) => name));
});

describe.each(Object.values(WRAPPERS).flat())('reasons of a router%s', (suffix) => {
  it.each(routersFor(suffix).map((router) => [router.name, router] as const))(
    'around %s state figures of the model chosen in the end, or name the other',
    async (_, inner) => {
      let stated = 0;
      for (const seed of [1, 2, 3]) {
        const { input, queries } = problem(seed);
        const { wrappers = [] } = parseStrategyReference(`${inner.name}${suffix}`);
        const strategy = wrapStrategy(
          inner,
          wrappers.map(({ name, options }) => ({
            wrapper: builtInWrappers.find((wrapper) => wrapper.name === name)!,
            options,
          })),
        );
        const ctx = { seed };
        const options = parseOptions(inner, {});
        const plain = await (await inner.fit(input, options, ctx)).decide(queries);
        const router = await strategy.fit(input, parseOptions(strategy, { router: options }), ctx);
        (await router.decide(queries)).forEach((decision, q) => {
          const { model } = decision;
          const score = plain[q]!.ranked.find((entry) => entry.model === model)!.score;
          const own = figuresOf(decision, score);
          for (const { text, model: about = model } of decision.reasons) {
            if (about !== model) expect(text).toContain(about);
            if (input.models.some((other) => other !== model && text.includes(other))) continue;
            for (const [what, figure] of figuresIn(text)) {
              expect({ text, what, figure }).toEqual({ text, what, figure: own[what] });
              stated++;
            }
          }
        });
      }
      expect(stated).toBeGreaterThan(0);
    },
  );
});
