import {
  createMatrix,
  rowOf,
  z,
  type Decision,
  type Encoder,
  type LearnerStrategy,
  type OnlineLearner,
  type Router,
} from '@routeprofile/schema';
import { requestRouter, type RequestRouter } from '../decide/request-router.js';

/** Two numbers per text: its length, and the code of its first character. */
const lengthEncoder: Encoder = {
  specVersion: 1,
  id: 'length',
  dimensions: 2,
  async encode(texts) {
    const vectors = createMatrix(texts.length, 2);
    texts.forEach((text, i) => rowOf(vectors, i).set([text.length, text.charCodeAt(0)]));
    return vectors;
  },
};

/** A router that gives each model a chance to be right, whatever the text. */
const chancesRouter = (chances: Readonly<Record<string, number>>): Router => {
  const ranked = Object.entries(chances)
    .map(([model, probability]) => ({ model, score: probability, probability }))
    .sort((a, b) => b.probability - a.probability);
  return {
    models: Object.keys(chances),
    decide: async ({ texts }) =>
      texts.map((): Decision => ({
        model: ranked[0]!.model,
        ranked: ranked.map((one) => ({ ...one })),
        reasons: [{ kind: 'chances', text: 'by chances' }],
      })),
    save: () => Promise.reject(new Error('not saved')),
  };
};

/** The same for requests, with an encoder. */
export const chancesRoute = (chances: Readonly<Record<string, number>>): RequestRouter =>
  requestRouter(chancesRouter(chances), {
    encoder: lengthEncoder,
    strategy: 'chances',
    candidates: Object.keys(chances).map((id) => ({ id, model: id, price: { input: 1, output: 10 } })),
  });

/** Believes in the model whose mean reward is highest; one that was never judged has 0.5. */
export const meansLearner: LearnerStrategy = {
  kind: 'learner',
  specVersion: 1,
  name: 'means',
  summary: 'the mean reward of each model',
  options: z.strictObject({}),
  begin(router) {
    const known = new Set<string>();
    const sums = new Map(router.models.map((model) => [model, { sum: 0, count: 0 }]));
    const learner: OnlineLearner = {
      get observed() {
        return known.size;
      },
      observe(judged) {
        let fresh = 0;
        for (const { id, model, reward, vector } of judged) {
          const own = sums.get(model);
          if (known.has(id) || own === undefined || vector?.length !== 2) continue;
          known.add(id);
          own.sum += reward;
          own.count++;
          fresh++;
        }
        return fresh;
      },
      snapshot() {
        const means = [...sums].map(([model, { sum, count }]) => [model, count === 0 ? 0.5 : sum / count] as const);
        const learned = chancesRouter(Object.fromEntries(means));
        return { version: known.size, router: known.size === 0 ? router : learned };
      },
      save: () => {
        throw new Error('not saved');
      },
    };
    return learner;
  },
  resume: () => {
    throw new Error('not resumed');
  },
};
