import { RouteProfileError, z } from '@routeprofile/schema';
import {
  activate,
  createAdamW,
  disposeVariables,
  lossAndGradients,
  toVariables,
  twoTower,
  type Runtime,
  type Weights,
} from '@routeprofile/tensor';
import { largestDifference, transposed, vectorOf } from './fixtures.js';
import { differences } from '../common/pairs.js';
import { hingeLoss } from '../mlp/loss.js';

const matrix = z.array(z.array(z.number())).min(1);
const towerSchema = z.object({
  '0.weight': matrix,
  '0.bias': z.array(z.number()),
  '1.weight': z.array(z.number()),
  '1.bias': z.array(z.number()),
  '3.weight': matrix,
  '3.bias': z.array(z.number()),
});

/** `mlp-router.json`: two small towers with PyTorch's numbers. Pair i belongs to query i; dropout is off. */
const fixtureSchema = z.looseObject({
  queries: matrix,
  models: matrix,
  better: z.array(z.number().int()),
  worse: z.array(z.number().int()),
  weights: z.object({ query: towerSchema, model: towerSchema }),
  scores: matrix,
  learningRates: z.array(z.number()),
  losses: z.array(z.number()),
  scoresAfter: matrix,
});

/** Largest absolute differences from the fixture. */
export interface MlpParity {
  /** Scores before training. */
  forward: number;
  /** Losses of the steps. */
  loss: number;
  /** Scores after the steps. */
  after: number;
}

/** nn.Sequential(Linear, LayerNorm, ELU, Linear): modules 0, 1 and 3 hold parameters. */
const towerOf = (prefix: string, tower: z.infer<typeof towerSchema>): Weights => ({
  [`${prefix}.0.weight`]: transposed(tower['0.weight']),
  [`${prefix}.0.bias`]: vectorOf(tower['0.bias']),
  [`${prefix}.0.gamma`]: vectorOf(tower['1.weight']),
  [`${prefix}.0.beta`]: vectorOf(tower['1.bias']),
  [`${prefix}.1.weight`]: transposed(tower['3.weight']),
  [`${prefix}.1.bias`]: vectorOf(tower['3.bias']),
});

/**
 * Runs the fixture `mlp-router.json` on a backend, which becomes the active one: scores, optimizer steps (AdamW with
 * weight decay 1e-4, gradients clipped to norm 1), scores again.
 * @throws RouteProfileError BAD_INPUT when the JSON is not that fixture.
 */
export async function mlpParity(fixtureJson: unknown, runtime: Runtime): Promise<MlpParity> {
  const parsed = fixtureSchema.safeParse(fixtureJson);
  if (!parsed.success)
    throw new RouteProfileError('BAD_INPUT', `this is not the fixture mlp-router.json: ${parsed.error.message}`);
  const fixture = parsed.data;
  await activate(runtime);
  const { tf } = runtime;
  const { query, model } = fixture.weights;
  const variables = toVariables(tf, { ...towerOf('query', query), ...towerOf('model', model) });
  const optimizer = createAdamW(tf, variables, { weightDecay: 1e-4 });
  const pairs = fixture.better.map((better, i) => ({ query: i, better, worse: fixture.worse[i]! }));
  const [queries, models] = [tf.tensor2d(fixture.queries), tf.tensor2d(fixture.models)];
  const difference = tf.tensor2d(differences(pairs, fixture.models.length), [pairs.length, fixture.models.length]);
  const scores = () => tf.tidy(() => twoTower(tf, queries, models, variables).dataSync());
  try {
    const before = scores();
    const losses = fixture.learningRates.map((rate) =>
      tf.tidy(() => {
        const { loss, gradients } = lossAndGradients(tf, variables, () =>
          hingeLoss(tf, twoTower(tf, queries, models, variables), difference, 0.2),
        );
        optimizer.step(gradients, rate, 1);
        return loss.dataSync()[0]!;
      }),
    );
    return {
      forward: largestDifference(before, fixture.scores.flat()),
      loss: largestDifference(losses, fixture.losses),
      after: largestDifference(scores(), fixture.scoresAfter.flat()),
    };
  } finally {
    for (const tensor of [queries, models, difference]) tensor.dispose();
    optimizer.dispose();
    disposeVariables(variables);
  }
}
