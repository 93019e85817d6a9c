import { createMatrix, createRandom, type Matrix } from '@routeprofile/schema';
import {
  createRuntime,
  disposeVariables,
  lossAndGradients,
  toVariables,
  toWeights,
  twoTower,
  twoTowerWeights,
  type BackendName,
  type Variables,
  type Weights,
} from '@routeprofile/tensor';
import { describe, expect, it } from 'vitest';
import { differences } from '../common/pairs.js';
import type { Labels } from '../graph/labels.js';
import { lossOn } from '../graph/loss.js';
import { encodeGraph, graphWeights, predictEdges, type GraphShape } from '../graph/network.js';
import { hingeLoss } from '../mlp/loss.js';
import { learnedRows, learnedWeights, openProfiles, PREFIX, scalesOf, type ProfileSource } from './learned-profile.js';

const MODELS = 4;
const TASKS = 3;
const WIDTH = 6;
const QUERIES = 5;

const random = (label: string) => createRandom(8, 'gradients', label);
const matrix = (label: string, rows: number, cols: number): Matrix => {
  const stream = random(label);
  return createMatrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => stream.normal()),
  );
};

const frozen = matrix('frozen', MODELS, WIDTH);
const z = matrix('scores', MODELS, TASKS);
// Not measured: the second model on the first task.
z.data[TASKS] = 0;
const known = createMatrix(
  MODELS,
  TASKS,
  z.data.map((x) => (x === 0 ? 0 : 1)),
);
const keyed: ProfileSource['keyed'] = {
  features: [z, createMatrix(MODELS, TASKS, z.data.map(Math.tanh)), known],
  centroids: matrix('centroids', TASKS, 7),
};
const withScales = (source: Omit<ProfileSource, 'scales'>): ProfileSource => ({ ...source, scales: scalesOf(source) });
const sources: ProfileSource[] = [
  withScales({ kind: 'adapter', frozen }),
  withScales({ kind: 'residual', frozen, own: Float32Array.of(1, 1, 0, 1) }),
  withScales({ kind: 'keyed', frozen, keyed }),
];

/** Parameters away from the start, at which most gradients vanish. */
function movedWeights(source: ProfileSource): Weights {
  const weights = learnedWeights(random('down'), source, 3);
  const stream = random('moved');
  for (const { data } of Object.values(weights)) data.forEach((x, k) => (data[k] = x + 0.5 * stream.normal()));
  return weights;
}

const queries = matrix('queries', QUERIES, WIDTH);
const pairs = [
  { query: 0, better: 1, worse: 0 },
  { query: 1, better: 2, worse: 3 },
  { query: 2, better: 0, worse: 2 },
  { query: 3, better: 3, worse: 1 },
  { query: 4, better: 2, worse: 0 },
];
const shape: GraphShape = { hidden: 5, layers: 2, heads: 2, residual: true, balanced: true };
const labels: Labels = { kind: 'pairs', queries: [0, 1, 2, 3, 4], pairs: pairs.map((pair) => [pair]) };

type TensorFlow = Awaited<ReturnType<typeof createRuntime>>['tf'];
type Loss = (tf: TensorFlow, source: ProfileSource, variables: Variables) => ReturnType<TensorFlow['scalar']>;

const towers = twoTowerWeights((label) => random(label), { input: WIDTH, hidden: 8, output: 4, layers: 2 });
// A margin that no pair keeps: the hinge has no corner nearby.
const mlpLoss: Loss = (tf, source, variables) =>
  hingeLoss(
    tf,
    twoTower(
      tf,
      tf.tensor2d(queries.data, [QUERIES, WIDTH]),
      openProfiles(tf, source.frozen, source).rows(variables),
      variables,
    ),
    tf.tensor2d(differences(pairs, MODELS), [pairs.length, MODELS]),
    2,
  );

const network = graphWeights((label) => random(`graph ${label}`), shape, WIDTH, WIDTH);
const graphLoss: Loss = (tf, source, variables) => {
  const models = openProfiles(tf, source.frozen, source).rows(variables);
  const [q, m] = encodeGraph(tf, tf.tensor2d(queries.data, [QUERIES, WIDTH]), models, variables, shape);
  return lossOn(tf, labels, labels.queries)(predictEdges(tf, q, m, variables));
};

/** Small, as a step across a corner of ReLU counts in full; above the rounding of single precision. */
const STEP = 2 ** -9;

/** dLoss / dx by central differences, for every number of the learned function. */
async function finiteDifferences(tf: TensorFlow, weights: Weights, loss: (variables: Variables) => number) {
  const out: Record<string, number[]> = {};
  for (const [name, { data }] of Object.entries(weights).filter(([name]) => name.startsWith(PREFIX)))
    out[name] = Array.from(data, (x, k) => {
      const [up, down] = [STEP, -STEP].map((step) => {
        data[k] = x + step;
        const variables = toVariables(tf, weights);
        const value = loss(variables);
        disposeVariables(variables);
        return value;
      });
      data[k] = x;
      return (up! - down!) / (2 * STEP);
    });
  return out;
}

describe.each(sources)('the gradient into $kind profiles', (source) => {
  it.each<[string, Weights, Loss, BackendName]>([
    ['mlp', towers, mlpLoss, 'cpu'],
    ['mlp', towers, mlpLoss, 'embedded'],
    ['graph', network, graphLoss, 'cpu'],
    ['graph', network, graphLoss, 'embedded'],
  ])('of the loss of %s is that of finite differences (%#)', async (_, router, loss, backend) => {
    const { tf } = await createRuntime({ backend });
    const weights = { ...router, ...movedWeights(source) };
    const variables = toVariables(tf, weights);
    const analytic = tf.tidy(() => {
      const { gradients } = lossAndGradients(tf, variables, () => loss(tf, source, variables));
      return Object.fromEntries(Object.entries(gradients).map(([name, tensor]) => [name, [...tensor.dataSync()]]));
    });
    disposeVariables(variables);
    const numeric = await finiteDifferences(tf, weights, (given) =>
      tf.tidy(() => loss(tf, source, given).dataSync()[0]!),
    );
    for (const [name, values] of Object.entries(numeric)) {
      const largest = Math.max(...values.map(Math.abs));
      expect(largest, name).toBeGreaterThan(1e-3);
      values.forEach((value, k) => {
        expect(Math.abs(value - analytic[name]![k]!), `${name}[${k}]`).toBeLessThan(0.01 * largest + 1e-4);
      });
    }
  });
});

describe.each(sources)('$kind profiles', (source) => {
  it('are the same on the tape and without it, a row at a time too', async () => {
    const { tf } = await createRuntime({ backend: 'embedded' });
    const weights = movedWeights(source);
    const variables = toVariables(tf, weights);
    const onTape = tf.tidy(() => openProfiles(tf, frozen, source).rows(variables).dataSync());
    expect(await toWeights(variables)).toEqual(weights);
    disposeVariables(variables);
    const rows = learnedRows(source, weights);
    expect(rows.data).not.toEqual(frozen.data);
    onTape.forEach((x, k) => expect(rows.data[k]).toBeCloseTo(x, 4));
  });

  it('start as the frozen ones, bit for bit', () => {
    expect(learnedRows(source, learnedWeights(random('down'), source, 3))).toEqual(frozen);
  });
});

describe('a free vector', () => {
  it('moves a model with training rows alone', () => {
    const source = sources[1]!;
    const weights = learnedWeights(random('down'), source, 3);
    weights[`${PREFIX}own`]!.data.fill(1);
    const rows = learnedRows(source, weights);
    rows.data.forEach((x, k) => {
      const moved = Math.floor(k / WIDTH) === 2 ? 0 : source.scales.profile;
      expect(x - frozen.data[k]!).toBeCloseTo(moved, 5);
    });
  });
});
